"""E-mail goes through real mail servers on loopback, and each way one can refuse becomes one sentence and the fix."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from alignment.deliver.delivering import NotDelivered, check, proven, send
from alignment.scrubbing import scrubbed
from tests.alignment.delivered import PAGE, PERIOD, Waits, digest, target
from tests.alignment.mail_server import PASSWORD, USER, MailServer
from tests.reports.messages import LINK

TO = ["heads@acme.example", "chief@acme.example"]
FROM = "alignment@acme.example"
ENVIRONMENT = {"ALIGNMENT_PASSWORD_LEADERS": PASSWORD}


@pytest.fixture
def post(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path) as server:
        yield server


def by(server: MailServer, **more: Any) -> Any:
    given = {
        "to": TO,
        "from": FROM,
        "host": "localhost",
        "port": server.port,
        "user": USER,
        "ca_bundle": str(server.ca),
    }
    return target(kind="email", **{**given, **more})


def refused(server: MailServer, tmp_path: Path, environment: dict[str, str] = ENVIRONMENT, **more: Any) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        send(by(server, **more), digest(tmp_path), environment, Waits().policy())
    assert PASSWORD not in str(caught.value) and "\n" not in str(caught.value)
    return caught.value


def test_a_digest_arrives_encrypted_and_after_a_log_in(post: MailServer, tmp_path: Path) -> None:
    assert send(by(post), digest(tmp_path), ENVIRONMENT) == "sent to 2 addresses"
    (got,) = post.posts
    message = got.message
    assert (got.sender, got.to) == (FROM, TO) and message["To"] == ", ".join(TO) and message["From"] == FROM
    assert message["Subject"].startswith(f"Alignment {PERIOD}: Work is drifting") and message["Date"]
    assert message["Message-ID"].endswith("@acme.example>")
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    body = message.get_body(("plain",))
    assert body is not None and LINK in body.get_content()


def test_the_same_report_has_the_same_identity_and_another_week_another(post: MailServer, tmp_path: Path) -> None:
    for one in (digest(tmp_path), digest(tmp_path), digest(tmp_path, period="2026-W48")):
        send(by(post), one, ENVIRONMENT)
    first, again, other = (got.message["Message-ID"] for got in post.posts)
    assert first == again != other


def test_the_report_is_attached_if_the_settings_say_so(post: MailServer, tmp_path: Path) -> None:
    send(by(post, attach=True), digest(tmp_path), ENVIRONMENT)
    (attachment,) = post.posts[0].message.iter_attachments()
    assert attachment.get_filename() == f"alignment-{PERIOD}.html"
    assert str(attachment.get_content()).strip() == PAGE.strip()


def test_attaching_a_report_that_was_not_written_is_said(post: MailServer, tmp_path: Path) -> None:
    with pytest.raises(NotDelivered, match=r"none was written\. Add html to report\.formats"):
        send(by(post, attach=True), digest(tmp_path, files={}), ENVIRONMENT)
    with pytest.raises(NotDelivered, match="cannot be read"):
        send(by(post, attach=True), digest(tmp_path, files={"html": tmp_path / "gone.html"}), ENVIRONMENT)


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    with MailServer(tmp_path, tls="tls", login=False) as server:
        assert send(by(server, security="tls", user=""), digest(tmp_path), {}) == "sent to 2 addresses"


def test_a_server_in_the_open_is_used_only_if_the_settings_say_so(tmp_path: Path) -> None:
    with MailServer(tmp_path, tls="none", login=False) as server:
        error = refused(server, tmp_path, user="")
        assert str(error).startswith("localhost offers no encryption at port") and not error.again
        assert (
            send(by(server, security="none", user="", to="one@acme.example"), digest(tmp_path), {})
            == "sent to 1 address"
        )


def test_a_wrong_password_is_not_tried_again(post: MailServer, tmp_path: Path) -> None:
    error = refused(post, tmp_path, {"ALIGNMENT_PASSWORD_LEADERS": "wrong-password-9876"})
    assert str(error) == "localhost refuses the log-in of robot (535). Check user and ALIGNMENT_PASSWORD_LEADERS."
    assert not error.again and post.posts == []


def test_no_password_says_where_to_put_it(post: MailServer, tmp_path: Path) -> None:
    said = str(refused(post, tmp_path, {}))
    assert "Set ALIGNMENT_PASSWORD_LEADERS, or keep it with: keyring set alignment-analyzer deliver/leaders" in said


def test_a_server_that_wants_a_log_in_and_gets_none(post: MailServer, tmp_path: Path) -> None:
    assert "Check from: in the settings, and whether user is needed." in str(refused(post, tmp_path, user=""))


def test_a_stranger_s_certificate_is_refused(post: MailServer, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    for own in ({"ca_bundle": str(other)}, {"ca_bundle": None}, {"host": "127.0.0.1"}):
        assert "is not one this machine trusts" in str(refused(post, tmp_path, **own)) and post.posts == []


def test_a_bundle_that_is_none_is_said(post: MailServer, tmp_path: Path) -> None:
    assert "is not there" in str(refused(post, tmp_path, ca_bundle=str(tmp_path / "no.pem")))
    (tmp_path / "empty.pem").write_text("nothing")
    assert "holds no certificates" in str(refused(post, tmp_path, ca_bundle=str(tmp_path / "empty.pem")))


def test_a_refused_recipient_is_named_and_the_others_get_it(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "550 no such user" if step == f"RCPT {TO[1]}" else None
    said = send(by(post), digest(tmp_path), ENVIRONMENT)
    assert said == "sent to 1 address; refused: chief@acme.example (550 no such user)" and post.posts[0].to == TO[:1]


def test_all_recipients_refused(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "550 no such user" if step.startswith("RCPT") else None
    error = refused(post, tmp_path)
    assert "refused heads@acme.example (550 no such user); chief@acme.example" in str(error) and not error.again


def test_a_refused_sender(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "553 not yours" if step == "MAIL" else None
    assert "takes no mail from alignment@acme.example (553 not yours)" in str(refused(post, tmp_path))


def test_greylisting_is_waited_for(post: MailServer, tmp_path: Path) -> None:
    waits = Waits()
    post.answer = lambda step, time: "451 greylisted, come back" if step.startswith("RCPT") and time < 3 else None
    assert send(by(post), digest(tmp_path), ENVIRONMENT, waits.policy()) == "sent to 2 addresses"
    assert len(waits) == 2 and min(waits) >= 90 and len(post.posts) == 1


def test_whoever_has_it_does_not_get_it_again(post: MailServer, tmp_path: Path) -> None:
    waits = Waits()
    post.answer = lambda step, time: "451 later" if step == f"RCPT {TO[1]}" and time < 3 else None
    assert send(by(post), digest(tmp_path), ENVIRONMENT, waits.policy()) == "sent to 2 addresses"
    assert [got.to for got in post.posts] == [TO[:1], TO[1:]] and len(waits) == 2


def test_one_that_stays_put_off_is_said_and_the_others_have_it_once(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "451 later" if step == f"RCPT {TO[1]}" else None
    said = send(by(post), digest(tmp_path), ENVIRONMENT, Waits().policy())
    assert said == "sent to 1 address; not to the others: localhost put off 1 address (later). It was tried 5 times."
    assert [got.to for got in post.posts] == [TO[:1]]


def test_a_server_that_breaks_after_a_part_was_sent_does_not_begin_anew(post: MailServer, tmp_path: Path) -> None:
    def answer(step: str, time: int) -> str | None:
        if step == f"RCPT {TO[1]}" and time == 1:
            return "451 later"
        return "close" if step == "MAIL" and time > 1 else None

    post.answer = answer
    said = send(by(post), digest(tmp_path), ENVIRONMENT, Waits().policy())
    assert said.startswith("sent to 1 address; not to the others: localhost closed the connection")
    assert [got.to for got in post.posts] == [TO[:1]]


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_a_server_that_closes_in_the_middle_is_asked_again(post: MailServer, tmp_path: Path, step: str) -> None:
    waits = Waits()
    post.answer = lambda at, time: "close" if at == step and time == 1 else None
    assert send(by(post), digest(tmp_path), ENVIRONMENT, waits.policy()) == "sent to 2 addresses"
    assert len(waits) == 1 and len(post.posts) == 1


def test_a_server_that_always_closes_is_given_up_for_now(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "close" if step == "DATA" else None
    error = refused(post, tmp_path)
    assert str(error) == "localhost closed the connection in the middle. It was tried 5 times." and error.again


def test_a_message_that_is_too_large(tmp_path: Path) -> None:
    with MailServer(tmp_path, most_bytes=2_000) as server:
        assert "too large" in str(refused(server, tmp_path)) and server.posts == []


def test_a_server_full_for_now_and_one_that_refuses_for_good(post: MailServer, tmp_path: Path) -> None:
    post.answer = lambda step, _time: "452 no room" if step == "DATA" else None
    error = refused(post, tmp_path)
    assert error.again and "452 no room" in str(error)
    post.answer = lambda step, _time: "554 looks like spam" if step == "DATA" else None
    error = refused(post, tmp_path)
    assert not error.again and "refuses (554 looks like spam)" in str(error)


def test_nobody_at_the_port(post: MailServer, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = refused(post, tmp_path, host="127.0.0.1", port=free.getsockname()[1])
    assert error.again and "Nothing answers at 127.0.0.1:" in str(error)


def test_something_else_at_the_port(post: MailServer, tmp_path: Path) -> None:
    """A server that greets as no mail server does, and one that wants TLS from the first byte."""
    with socket.create_server(("127.0.0.1", 0)) as web:

        def greet() -> None:
            while True:
                try:
                    near, _ = web.accept()
                except OSError:
                    return
                with near:
                    near.sendall(b"SSH-2.0-x\r\n")

        threading.Thread(target=greet, daemon=True).start()
        said = str(refused(post, tmp_path, host="127.0.0.1", port=web.getsockname()[1]))
    assert "127.0.0.1" in said
    assert "TLS" in str(refused(post, tmp_path, security="tls"))


def test_check_proves_a_target_and_sends_nothing(post: MailServer) -> None:
    assert proven(by(post), ENVIRONMENT) == "localhost lets robot in (STARTTLS)"
    assert check(by(post), ENVIRONMENT) == [] and post.posts == []
    post.answer = lambda step, _time: "550 no such user" if step == f"RCPT {TO[0]}" else None
    (mistake,) = check(by(post), ENVIRONMENT)
    assert mistake.what == "localhost refuses heads@acme.example (550 no such user)"
    assert mistake.fix == "Check to: in the settings"
    post.answer = lambda step, _time: "553 not yours" if step == "MAIL" else None
    assert "takes no mail from" in check(by(post), ENVIRONMENT)[0].what
    (mistake,) = check(by(post), {"ALIGNMENT_PASSWORD_LEADERS": "wrong-password-9876"})
    assert "refuses the log-in" in mistake.what


def test_a_password_is_printed_nowhere(post: MailServer, tmp_path: Path) -> None:
    send(by(post), digest(tmp_path), ENVIRONMENT)
    assert scrubbed(f"535 {PASSWORD}") == "535 [token]"
