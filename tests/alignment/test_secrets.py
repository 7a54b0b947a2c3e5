"""A token of this run is printed nowhere and written nowhere, whatever goes wrong."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Any

import pytest

from alignment import tokens
from alignment.scrubbing import keep_secret, scrubbed
from analyzer.store import Store
from connectors.jira.site import Site
from tests.alignment.exported import Command
from tests.alignment.test_live_pull import FEW, jira_world
from tests.alignment.test_troubles import alignment as alignment
from tests.alignment.test_troubles import settings
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Fault, Server, failing, login_page, too_many

TOKEN = "ATATT3planted-0123456789-abcdef"
EMAIL = "robot@acme.example"
FORMS = (TOKEN.encode(), base64.b64encode(f"{EMAIL}:{TOKEN}".encode()))


def everything(folder: Path, said: str) -> bytes:
    """What was printed, every file, and the raw payloads of the store as they came."""
    parts = [said.encode(), *(f.read_bytes() for f in folder.rglob("*") if f.is_file())]
    store = folder / "alignment.duckdb"
    if store.exists():
        with Store(store).reading() as con:
            parts += [zlib.decompress(blob) for (blob,) in con.execute("SELECT payload FROM raw").fetchall()]
    return b"\n".join(parts)


@pytest.mark.parametrize(
    "fault", [None, login_page(), too_many("1800"), failing(503, "1800")], ids=["none", "page", "429", "503"]
)
def test_no_command_shows_or_keeps_a_token(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Fault | None
) -> None:
    monkeypatch.setattr(tokens, "_given", {})
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", TOKEN)
    site = JiraCloud(world=jira_world(FEW).copy())
    object.__setattr__(site.account, "token", TOKEN)
    said = ""
    with Server(site) as server:
        got = alignment("init", "--tracker", server.url, "--email", EMAIL, "--yes")
        assert got.code == 0, got.err
        server.schedule = lambda _request: fault
        for command in ("check", "pull", "report"):
            got = alignment(command)
            said += got.out + got.err
    held = everything(tmp_path, said)
    assert b"alignment.duckdb" in held or (tmp_path / "alignment.duckdb").exists() or fault
    assert not any(form in held for form in FORMS)


def test_a_traceback_is_scrubbed(alignment: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An unheard-of error whose message and chain quote the token, the header and a proxy with its password."""
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", TOKEN)

    def breaks(*_args: Any, **_how: Any) -> None:
        try:
            raise ValueError(f"Authorization: Basic {FORMS[1].decode()}")
        except ValueError as error:
            raise RuntimeError(f"token {TOKEN} by http://me:hunter2secret@proxy.acme.example:3128") from error

    monkeypatch.setattr(Site, "post", breaks)
    with Server(JiraCloud(world=jira_world(FEW).copy())) as server:
        settings(name="jira", kind="jira-data-center", base_url=server.url)
        monkeypatch.setattr(Site, "get", lambda *_args, **_how: [])
        got = alignment("pull")
    assert got.code == 5 and "RuntimeError" in got.err and "Please report it" in got.err
    held = everything(tmp_path, got.out + got.err)
    assert not any(form in held for form in (*FORMS, b"hunter2secret"))


def test_scrubbing_knows_a_token_at_every_place_of_a_header() -> None:
    keep_secret(TOKEN)
    for email in ("a@b.example", "aa@b.example", "aaa@b.example"):
        text = scrubbed(base64.b64encode(f"{email}:{TOKEN}".encode()).decode())
        assert base64.b64encode(TOKEN[3:-6].encode()).decode()[:12] not in text and "[token]" in text
    assert scrubbed("a wrong password") == "a wrong password"


def test_a_linear_key_is_scrubbed_whoever_it_belongs_to() -> None:
    assert scrubbed("key lin_api_abc123 is bad") == "key [token] is bad"
