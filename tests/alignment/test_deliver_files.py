"""Reports are copied into folders and put into buckets of a real S3 server on loopback, whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from alignment.deliver.delivering import NotDelivered, check, proven, send
from tests.alignment.delivered import PAGE, Waits, digest, target
from tests.simulator.server import Answer, Fault, Server, failing

NAMES = ["2026-11-15.html", "2026-11-15.md", "2026-11-15/findings.csv"]
KEYS = ("planted-key-id", "planted-secret-key")


def held(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


@pytest.fixture
def share(tmp_path: Path) -> Path:
    made = tmp_path / "share"
    made.mkdir()
    return made


def failed(to: Any, given: Any, policy: Any = None) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        send(to, given, {}, policy or Waits().policy())
    return caught.value


def test_files_are_copied_and_copied_again(tmp_path: Path, share: Path) -> None:
    to = target(kind="folder", path=str(share))
    for _ in range(2):
        assert send(to, digest(tmp_path / "out"), {}) == f"copied 3 files to {share}"
    assert held(share) == NAMES and (share / NAMES[0]).read_text() == PAGE
    assert (share / NAMES[0]).stat().st_mode & 0o777 == 0o644


def test_a_copy_that_breaks_leaves_what_was_there(tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (share / NAMES[0]).write_text("the last one")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def breaks(_file: int) -> None:
        raise full

    monkeypatch.setattr("alignment.deliver.folder.os.fsync", breaks)
    error = failed(target(kind="folder", path=str(share)), digest(tmp_path / "out"))
    assert error.again and "cannot be written to now (no space left on device). It was tried 5 times." in str(error)
    assert held(share) == NAMES[:1] and (share / NAMES[0]).read_text() == "the last one"


def test_the_folder_of_reports_itself_is_left_alone(tmp_path: Path) -> None:
    given = digest(tmp_path / "out")
    assert send(target(kind="folder", path=str(tmp_path / "out")), given, {}).startswith("copied 3 files")
    assert held(tmp_path / "out") == NAMES and given.files["html"].read_text() == PAGE


def test_a_share_that_is_not_mounted_is_not_made_up(tmp_path: Path) -> None:
    to = target(kind="folder", path=str(tmp_path / "nowhere"))
    error = failed(to, digest(tmp_path / "out"))
    assert str(error).endswith("Make it, or mount the share it is on.") and not (tmp_path / "nowhere").exists()
    assert check(to, {})[0].what == f"There is no folder {tmp_path / 'nowhere'}"


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs as root may write anywhere, so the refusal is the system's answer and not the folder's."""

    def refuses(**_how: Any) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("alignment.deliver.folder.tempfile.mkstemp", refuses)
    monkeypatch.setattr("alignment.deliver.folder.tempfile.NamedTemporaryFile", refuses)
    to = target(kind="folder", path=str(share))
    error = failed(to, digest(tmp_path / "out"))
    assert not error.again and str(error) == f"{share} cannot be written to (permission denied). Check its permissions."
    assert check(to, {})[0].fix == "Check its permissions"


def test_a_report_that_is_gone_is_said(tmp_path: Path, share: Path) -> None:
    given = digest(tmp_path / "out")
    given.files["md"].unlink()
    assert "is not where it was written" in str(failed(target(kind="folder", path=str(share)), given))


def test_check_leaves_nothing_in_the_folder(share: Path) -> None:
    assert proven(target(kind="folder", path=str(share)), {}) == f"{share} can be written to" and held(share) == []


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of moto's server, which speaks the protocol of S3 over HTTP."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the bucket ``reports`` on an empty server, and the environment that sees it."""
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS[1])
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    requests.post(f"{s3}/moto-api/reset-auth", data=b"inf", timeout=5)
    requests.post(f"{s3}/moto-api/reset", timeout=5)
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket="reports")
    return client


def into(address: str, **more: Any) -> Any:
    given = {"bucket": "reports", "prefix": "alignment/", "endpoint_url": address, "region": "us-east-1"}
    return target(kind="s3", **{**given, **more})


def test_files_are_put_into_a_bucket_with_their_types(s3: str, bucket: Any, tmp_path: Path) -> None:
    for _ in range(2):
        assert send(into(s3), digest(tmp_path), {}) == "put 3 files into reports/alignment/"
    listed = bucket.list_objects_v2(Bucket="reports")["Contents"]
    assert [one["Key"] for one in listed] == [f"alignment/{name}" for name in NAMES]
    page = bucket.get_object(Bucket="reports", Key="alignment/2026-11-15.html")
    assert page["ContentType"] == "text/html; charset=utf-8" and page["Body"].read().decode() == PAGE


def test_a_bucket_that_is_not_there(s3: str, bucket: Any, tmp_path: Path) -> None:
    error = failed(into(s3, bucket="nowhere"), digest(tmp_path))
    assert not error.again and "There is no bucket nowhere at 127.0.0.1:" in str(error)
    assert "There is no bucket nowhere" in check(into(s3, bucket="nowhere"), {})[0].what


def test_keys_that_are_not_known_and_keys_that_are_missing(
    s3: str, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests.post(f"{s3}/moto-api/reset-auth", data=b"0", timeout=5)
    error = failed(into(s3), digest(tmp_path))
    assert not error.again and "does not accept the credentials (InvalidAccessKeyId)" in str(error)
    assert "does not let us into the bucket reports" in check(into(s3), {})[0].what
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    said = str(failed(into(s3), digest(tmp_path)))
    assert said.startswith("There are no credentials for S3. Set AWS_ACCESS_KEY_ID")
    assert not any(key in said for key in KEYS)


def test_check_sees_the_bucket_and_puts_nothing(s3: str, bucket: Any) -> None:
    assert proven(into(s3), {}) == "the bucket reports is there, and these credentials see it"
    assert "Contents" not in bucket.list_objects_v2(Bucket="reports")


@pytest.mark.parametrize("fault", [failing(503), failing(500), Fault("lost")], ids=["503", "500", "lost"])
def test_a_server_that_fails_is_tried_five_times(bucket: Any, tmp_path: Path, fault: Fault) -> None:
    waits = Waits()
    with Server(lambda _request: Answer(200, b""), lambda _request: fault) as broken:
        error = failed(into(broken.url), digest(tmp_path), waits.policy())
        assert len(broken.requests) == 5
    assert error.again and str(error).endswith("It was tried 5 times.") and len(waits) == 4


def test_nobody_at_the_endpoint(bucket: Any, tmp_path: Path) -> None:
    with Server(lambda _request: pytest.fail("nobody is there")) as gone:
        pass
    error = failed(into(gone.url), digest(tmp_path))
    assert error.again and "Nothing answers at 127.0.0.1:" in str(error)
