"""Slack and Teams webhooks, played by a real HTTP server on loopback: what is posted, and each way a post can fail."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from alignment.deliver.delivering import NotDelivered, check, proven, send
from alignment.scrubbing import scrubbed
from reports import slack, teams
from tests.alignment.delivered import PERIOD, Waits, digest, target
from tests.reports import messages
from tests.simulator.server import Answer, Fault, Request, Server, failing, login_page, too_many

PATH = "/services/T0PLANTED/B0PLANTED/planted-secret-0123456789"
KINDS = ("slack", "teams")
VARIABLE = "ALIGNMENT_WEBHOOK_LEADERS"


def taking(request: Request) -> Answer:
    """Slack says ok, and refuses a message without text as its documents say; a Teams workflow says 202."""
    if request.method == "HEAD":
        return Answer(404, b"")
    if request.path != PATH:
        return Answer(404, b"no_service", {"Content-Type": "text/html"})
    if request.body == {"text": ""}:
        return Answer(400, b"no_text", {"Content-Type": "text/html"})
    if "attachments" in request.body:
        return Answer(202, b"")
    return Answer(200, b"ok", {"Content-Type": "text/html"})


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Server(taking) as server:
        yield server


def environment(server: Server, path: str = PATH) -> dict[str, str]:
    return {VARIABLE: server.url + path}


def failed(server: Server, kind: str, tmp_path: Path, waits: Waits | None = None, path: str = PATH) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        send(target(kind=kind), digest(tmp_path), environment(server, path), (waits or Waits()).policy())
    assert "planted" not in str(caught.value).lower() and server.url not in str(caught.value)
    return caught.value


def always(status: int, body: bytes = b"", kind: str = "text/plain", **headers: str) -> Fault:
    return Fault("answer", Answer(status, body, {"Content-Type": kind, **headers}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_digest_is_posted_once(hook: Server, tmp_path: Path, kind: str) -> None:
    assert send(target(kind=kind), digest(tmp_path), environment(hook)).startswith("posted to ")
    (request,) = hook.requests
    drawn = (slack if kind == "slack" else teams).message(messages.bare(), PERIOD, messages.LINK)
    assert request.body == drawn and request.headers["Content-Type"].startswith("application/json")
    assert len(request.raw) < 28_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_is_waited_for_as_long_as_it_says(hook: Server, tmp_path: Path, kind: str) -> None:
    waits = Waits()
    hook.schedule = lambda request: too_many("30") if request.number < 3 else None
    assert send(target(kind=kind), digest(tmp_path), environment(hook), waits.policy())
    assert len(waits) == 2 and all(30 <= wait < 40 for wait in waits)


def test_a_date_to_come_back_is_understood(hook: Server, tmp_path: Path) -> None:
    waits, at = Waits(), datetime.now(UTC) + timedelta(seconds=100)
    hook.schedule = lambda request: too_many(format_datetime(at, usegmt=True)) if request.number == 1 else None
    assert send(target(kind="slack"), digest(tmp_path), environment(hook), waits.policy()) == "posted to Slack"
    assert 30 < waits[0] < 110


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_of_an_hour_is_left_to_the_next_run(hook: Server, tmp_path: Path, kind: str) -> None:
    waits = Waits()
    hook.schedule = lambda _request: too_many("3600")
    error = failed(hook, kind, tmp_path, waits)
    assert error.again and "cannot take the message now (429). It asks to wait 3600 seconds." in str(error)
    assert waits == [] and len(hook.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [failing(500), failing(503), Fault("lost")], ids=["500", "503", "lost"])
def test_a_server_that_keeps_failing_is_tried_five_times(hook: Server, tmp_path: Path, kind: str, fault: Fault) -> None:
    hook.schedule = lambda _request: fault
    error = failed(hook, kind, tmp_path)
    assert error.again and str(error).endswith("It was tried 5 times.") and len(hook.requests) == 5


def test_one_failure_is_overcome(hook: Server, tmp_path: Path) -> None:
    hook.schedule = lambda request: failing(500) if request.number == 1 else None
    assert send(target(kind="slack"), digest(tmp_path), environment(hook), Waits().policy()) == "posted to Slack"


@pytest.mark.parametrize(
    ("kind", "fault", "said"),
    [
        ("slack", always(404, b"no_service"), "Slack knows no such webhook (404). Make a new webhook in Slack"),
        ("slack", always(410, b"channel_is_archived"), "has the webhook's channel archived (410). Make a new webhook"),
        ("slack", always(403, b"action_prohibited"), "forbids posting there; an administrator set that (403)"),
        ("slack", always(403, b"invalid_token"), "does not accept this webhook (403)"),
        ("slack", always(400, b"invalid_blocks"), "does not understand the message (400)"),
        ("slack", always(404, b"something new"), "Slack does not take messages at this address (404). Make a new"),
        ("teams", always(404), "Teams does not take messages at this address (404). Make a new workflow in Teams"),
        ("teams", always(401), "Teams does not take messages at this address (401)"),
        ("teams", always(413), "finds the message too large (413)"),
        ("teams", always(400, b"{}"), "Teams refuses the message (400)"),
        ("teams", always(200, b"Webhook message delivery failed with error: returned HTTP error 413"), "too large (413)"),
        ("slack", login_page(), "A web page answers where Slack should (200). Make a new webhook"),
        ("teams", login_page(), "A web page answers where Teams should (200). Make a new workflow"),
        ("slack", always(302, b"", Location="/login"), "Slack sends on to another page (302)"),
    ],
    ids=lambda value: value if isinstance(value, str) and value in KINDS else None,
)  # fmt: skip
def test_what_must_be_mended_is_not_tried_again(
    hook: Server, tmp_path: Path, kind: str, fault: Fault, said: str
) -> None:
    hook.schedule = lambda _request: fault
    error = failed(hook, kind, tmp_path)
    assert said in str(error) and not error.again and len(hook.requests) == 1


def test_a_teams_connector_that_hides_a_limit_in_the_body_is_tried_again(hook: Server, tmp_path: Path) -> None:
    hidden = always(
        200, b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
    )
    hook.schedule = lambda request: hidden if request.number == 1 else None
    assert send(target(kind="teams"), digest(tmp_path), environment(hook), Waits().policy()) == "posted to Teams"


def test_a_webhook_that_slack_does_not_know(hook: Server, tmp_path: Path) -> None:
    assert "Slack knows no such webhook (404)" in str(failed(hook, "slack", tmp_path, path="/services/planted/old"))
    assert len(hook.requests) == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "There is no webhook address for leaders. Set ALIGNMENT_WEBHOOK_LEADERS, or keep it with: keyring set"),
        ("hooks.slack.com/services/planted", "holds no web address. Copy the webhook's address again, whole."),
        ("http://hooks.slack.com/services/planted", "begins with http://, which others can read. Write https://."),
        ("https://[planted", "holds no web address"),
        ("https://hooks.slack.com/services/planted x", "holds no web address"),
    ],
)
def test_an_address_that_is_none_is_said_without_repeating_it(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(NotDelivered) as caught:
        send(target(kind="slack"), digest(tmp_path), {VARIABLE: address}, Waits().policy())
    assert said in str(caught.value) and "planted" not in str(caught.value)


def test_nobody_at_the_address(tmp_path: Path, hook: Server) -> None:
    with Server(taking) as gone:
        pass
    error = failed(gone, "slack", tmp_path)
    assert error.again and "Nothing answers at the webhook's host (Slack)" in str(error)


def test_the_address_is_a_secret_everywhere(hook: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hook.schedule = lambda _request: failing(500)
    failed(hook, "slack", tmp_path)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "planted-secret" in logged  # the HTTP library's own debug lines hold the path
    assert "planted" not in scrubbed(logged).lower() and "planted" not in scrubbed(hook.url + PATH).lower()


def test_check_proves_a_slack_webhook_and_posts_nothing(hook: Server) -> None:
    assert proven(target(kind="slack"), environment(hook)) == "Slack knows the webhook"
    assert [request.body for request in hook.requests] == [{"text": ""}]
    (mistake,) = check(target(kind="slack"), environment(hook, "/services/planted/old"))
    assert mistake.what == "Slack knows no such webhook (404)" and mistake.fix.startswith("Make a new webhook in Slack")


def test_check_reaches_the_host_of_teams_and_posts_nothing(hook: Server) -> None:
    said = proven(target(kind="teams"), environment(hook))
    assert said == "127.0.0.1 answers; whether Teams takes the webhook shows with the first message"
    assert [(request.method, request.path) for request in hook.requests] == [("HEAD", "/")]
