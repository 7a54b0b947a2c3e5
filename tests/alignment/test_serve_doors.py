"""Who is turned away: another host or site, no key, no token in the form, a GET that would write, a server to look at only."""

from __future__ import annotations

import os
import stat
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from alignment.errors import Mend
from alignment.review import archive, serving
from alignment.review.guard import MOST_BYTES, MOST_SESSIONS, door
from tests.alignment.reviewed import Browser, Served, entered, served, settled

FORM = {"does": "accept:growth", "ticket": "jira:A-1", "seen": "0", "next": "", "back": ""}
WRITES = ("/decide", "/undo", "/author", "/bulk", "/foretell")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests here; at the end nobody has decided anything."""
    settings = settled(tmp_path_factory.mktemp("doors"))
    with served(settings) as made:
        yield made
        assert made.decisions() == []


@pytest.fixture
def browser(one: Served) -> Browser:
    return entered(one)


@pytest.fixture
def csrf(browser: Browser) -> str:
    return str(browser.get("/acts").text.split('name="csrf" value="')[1].split('"')[0])


def test_the_start_address_alone_opens_the_page(one: Served) -> None:
    stranger = Browser(one)
    for path in (
        "/",
        "/acts",
        "/reports",
        "/static/review.js",
        "/reports/x.html",
        "/start",
        "/start?token=",
        "/start?token=x",
    ):
        answer = stranger.get(path)
        assert answer.status == 403 and "alignment serve" in answer.text and "set-cookie" not in answer.headers, path
    stranger.cookie = f"{one.door.cookie}={one.door.token}"
    assert stranger.get("/").status == 403, "the token is no session"
    answer = stranger.get(one.start.removeprefix(f"http://{one.host}"))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and one.door.token not in cookie + answer.text
    assert answer.headers["referrer-policy"] == "no-referrer" and 'content="0;url=/"' in answer.text
    assert stranger.get("/").status == 200 and one.door.token not in stranger.get("/").text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "", "127.1:{port}"]
)
def test_another_host_is_refused(one: Served, browser: Browser, host: str) -> None:
    answer = browser.ask("GET", "/", headers={"Host": host.format(port=one.host.split(":")[1])})
    assert answer.status in (400, 421)


def test_this_machine_may_be_called_localhost(one: Served, browser: Browser) -> None:
    assert browser.ask("GET", "/acts", headers={"Host": f"localhost:{one.host.split(':')[1]}"}).status == 200


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "https://{host}"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_form_of_another_site_is_refused(
    one: Served, browser: Browser, csrf: str, path: str, headers: dict[str, str]
) -> None:
    given = {k: v.format(host=one.host) for k, v in headers.items()}
    assert browser.post(path, FORM | {"csrf": csrf}, given).status == 403


@pytest.mark.parametrize("path", WRITES)
def test_a_form_that_says_nothing_of_where_it_comes_from_is_refused(browser: Browser, csrf: str, path: str) -> None:
    body, kind = f"csrf={csrf}&does=nothing&ticket=jira:A-1", {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.ask("POST", path, body, kind).status == 403


@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_post_and_the_token_of_the_session(
    one: Served, browser: Browser, csrf: str, path: str
) -> None:
    other = entered(one)
    assert browser.get(f"{path}?csrf={csrf}&does=nothing&ticket=jira:A-1&seen=0").status == 405
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        assert browser.ask(method, path).status == 405
    for wrong in ({}, {"csrf": ""}, {"csrf": csrf[:-1]}, {"csrf": one.door.token}):
        assert browser.post(path, FORM | wrong).status == 403
    assert other.post(path, FORM | {"csrf": csrf}).status == 403, "a token is of one session"


def test_what_no_form_of_ours_sends_is_refused(browser: Browser, csrf: str) -> None:
    assert browser.post("/decide", FORM | {"csrf": csrf, "reason": "x" * MOST_BYTES}).status == 413
    assert browser.post("/decide", FORM | {"csrf": csrf}, {"Content-Type": "text/plain"}).status == 415
    assert (
        browser.post("/decide", FORM | {"csrf": csrf}, {"Content-Type": "multipart/form-data; boundary=x"}).status
        == 415
    )


def test_every_answer_forbids_frames_foreign_scripts_and_keeping(one: Served, browser: Browser) -> None:
    for answer in (browser.get("/"), browser.get("/nowhere"), browser.get("/static/review.css"), Browser(one).get("/")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY" and "server" not in answer.headers
    page = browser.get("/").text
    assert "<style" not in page and "style=" not in page and " on" + "click" not in page and page.count("<script") == 1


def test_read_only_shows_and_refuses(one: Served) -> None:
    with served(one.settings, read_only=True) as looked:
        browser = entered(looked)
        page = browser.get("/").text
        assert (
            "Suggestions" in page
            and "/decide" not in page.replace('action="/decide" id', "")
            and "Accept <kbd" not in page
        )
        token = page.split('name="csrf" value="')[1].split('"')[0]
        for path in ("/decide", "/undo", "/author", "/bulk"):
            assert browser.post(path, FORM | {"csrf": token}).status == 403
        assert "What the next report would say" in browser.post("/foretell", FORM | {"csrf": token}).text


def test_sessions_are_bounded_and_no_other_address_is_bound() -> None:
    made = door("::1", 80, "x")
    for _ in range(MOST_SESSIONS + 5):
        made.enter()
    assert len(made.sessions) == MOST_SESSIONS and made.hosts == {"[::1]:80", "localhost:80"}
    with pytest.raises(Mend, match=r"127\.0\.0\.1 or ::1 only"):
        serving.bound("0.0.0.0", 0)
    with serving.bound("127.0.0.1", 0) as taken, pytest.raises(Mend, match="cannot be had"):
        taken.listen()
        serving.bound("127.0.0.1", taken.getsockname()[1])


def test_the_browser_is_told_the_address_by_a_file_that_only_its_owner_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def opened(url: str) -> bool:
        path = Path(unquote(urlsplit(url).path))
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        told.append(path.read_text(encoding="utf-8"))
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    with serving.in_browser("http://127.0.0.1:1/start?token=secret") as took:
        assert took
    assert "start?token=secret" in told[0]


def test_the_archive_opens_reports_and_nothing_else(one: Served, browser: Browser) -> None:
    folder = one.settings.report.folder
    (folder / "2026-W09").mkdir(parents=True)
    (folder / "2026-W09.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    (folder / "2026-W09" / "a.csv").write_text("a,b\n", encoding="utf-8")
    (folder / ".hidden.html").write_text("x", encoding="utf-8")
    (folder / "key.pem").write_text("x", encoding="utf-8")
    (folder.parent / "secret.html").write_text("x", encoding="utf-8")
    (folder / "out.html").symlink_to(folder.parent / "secret.html")
    (folder / "up").symlink_to(folder.parent)
    answer = browser.get("/reports/2026-W09.html")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox ") and "allow-same-origin" not in policy and "'sha256-" in policy
    assert "script-src 'unsafe" not in policy and answer.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/reports/2026-W09/a.csv").text == "a,b\n"
    for path in (
        "../secret.html", "%2e%2e/secret.html", "..%2fsecret.html", "....//secret.html", "2026-W09/../../secret.html", "out.html",
        "up/secret.html", "/etc/passwd", "%2fetc%2fpasswd", ".hidden.html", "key.pem", "2026-W09", "..%5csecret.html", "a%00.html",
        "up/strategy.yaml", "x" * 5000,
    ):  # fmt: skip
        assert browser.get(f"/reports/{path}").status in (400, 404), path
    assert archive.tables(folder, "2026-W09") == ["2026-W09/a.csv"] and archive.tables(folder, "none") == []
    assert "There is no report yet" in browser.get("/reports").text
