"""A digest goes out as one e-mail by SMTP (RFC 5321), encrypted before any password is sent (RFC 3207, RFC 4954)."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from alignment.deliver.delivering import Digest, NotDelivered, Partly, variable
from alignment.deliver.targets import Target
from alignment.deliver.unreached import bundle, unreached
from connectors.connector import Retry

TIMEOUT = 30.0
PUT_OFF = 90.0
"""Seconds before a server that put a message off (greylisting, RFC 6647: minutes) is asked again."""

LARGEST = 10_000_000
"""Bytes of an attached report; many servers refuse messages above 10 to 25 MB, and base64 adds a third."""


def prepared(target: Target, digest: Digest, secret: str) -> Callable[[], str]:
    """An attempt that keeps in mind who has the message already, so that nobody gets it twice."""
    message = _message(target, digest, datetime.now(UTC))
    everyone = list(target.to or ())
    waiting, refused = list(everyone), dict[str, str]()

    def attempt() -> str:
        before = len(everyone) - len(waiting) - len(refused)
        try:
            with _server(target, secret) as server:
                answers = _answers(server, message, target.sender or "", waiting)
        except (Retry, NotDelivered) as error:
            if before:  # who has it already is not sent it again, whatever happens to the others
                raise Partly(str(error), getattr(error, "after", None), f"sent to {_several(before)}") from None
            raise
        refused.update({one: f"{code} {_plain(said)}" for one, (code, said) in answers.items() if code >= 500})
        waiting[:] = [one for one, (code, _) in answers.items() if code < 500]
        reached = len(everyone) - len(waiting) - len(refused)
        if waiting:
            why = f"{target.host} put off {_several(len(waiting))} ({_plain(answers[waiting[0]][1])})."
            raise Partly(why, PUT_OFF, f"sent to {_several(reached)}") if reached else Retry(why, PUT_OFF)
        names = "; ".join(f"{one} ({why})" for one, why in refused.items())
        if not reached:
            raise NotDelivered(f"{target.host} refused {names}. Check to: in the settings.")
        return f"sent to {_several(reached)}" + (f"; refused: {names}" if refused else "")

    return attempt


def _answers(
    server: smtplib.SMTP, message: EmailMessage, sender: str, to: list[str]
) -> Mapping[str, tuple[int, bytes]]:
    """What the server said of those it did not take the message for."""
    try:
        return server.send_message(message, sender, list(to))
    except smtplib.SMTPRecipientsRefused as error:
        return error.recipients


def proven(target: Target, secret: str) -> str:
    """Connects, encrypts, logs in, and asks whether sender and recipients are taken; then takes it all back."""
    with _server(target, secret) as server:
        server.ehlo_or_helo_if_needed()
        code, said = server.mail(target.sender or "")
        if code >= 300:
            raise smtplib.SMTPSenderRefused(code, said, target.sender or "")
        for address in target.to or ():
            code, said = server.rcpt(address)
            if code >= 500:
                raise NotDelivered(
                    f"{target.host} refuses {address} ({code} {_plain(said)}). Check to: in the settings."
                )
        server.rset()
    entered = f"lets {target.user} in" if target.user else "takes mail without a log-in"
    return f"{target.host} {entered} ({'TLS' if target.privacy == 'tls' else target.privacy.upper()})"


@contextmanager
def _server(target: Target, secret: str) -> Iterator[smtplib.SMTP]:
    """A server that lets us in. What goes wrong with it comes out as NotDelivered or Retry."""
    trusted = ssl.create_default_context(cafile=bundle(target.ca_bundle))
    host, port = target.host or "", target.at_port
    server: smtplib.SMTP | None = None
    try:
        if target.privacy == "tls":
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        if target.privacy == "starttls":
            server.ehlo_or_helo_if_needed()
            if not server.has_extn("starttls"):
                raise NotDelivered(
                    f"{host} offers no encryption at port {port}. Check port, or write security: tls or none."
                )
            server.starttls(context=trusted)
        if target.user:
            server.login(target.user, secret)
        yield server
    except (smtplib.SMTPException, OSError) as error:
        raise _explained(error, target) from None
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):  # what was accepted is sent, whatever the farewell
                server.quit()
            server.close()


def _explained(error: Exception, target: Target) -> Exception:
    host = target.host
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Retry(f"{host} closed the connection in the middle.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotDelivered(f"{host} does not offer what is needed ({_plain(error)}). Check port, security and user.")
    if isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, _plain(error.smtp_error)
        if 400 <= code < 500:
            return Retry(f"{host} put us off ({code} {said}).", PUT_OFF)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return NotDelivered(
                f"{host} refuses the log-in of {target.user} ({code}). Check user and {variable(target)}."
            )
        if code == 552:
            return NotDelivered(f"{host} finds the message too large ({code} {said}). Write attach: false.")
        if isinstance(error, smtplib.SMTPSenderRefused):
            return NotDelivered(
                f"{host} takes no mail from {target.sender} ({code} {said}). "
                "Check from: in the settings, and whether user is needed."
            )
        return NotDelivered(f"{host} refuses ({code} {said}). Ask its keepers what this answer means.")
    if isinstance(error, smtplib.SMTPException):
        return NotDelivered(
            f"{host} answered what no mail server should ({type(error).__name__}). Check host and port."
        )
    return unreached(error, f"{host}:{target.at_port}")


def _message(target: Target, digest: Digest, now: datetime) -> EmailMessage:
    from reports import email

    attached = None
    page = digest.files.get("html") if target.attach else None
    if target.attach and page is None:
        raise NotDelivered(
            f"{target.name} wants the HTML report attached, and none was written. Add html to report.formats."
        )
    if page is not None:
        try:
            content = page.read_bytes()
        except OSError as error:
            raise NotDelivered(f"The report {page.name} cannot be read ({error.strerror}). Write it again.") from None
        if len(content) > LARGEST:
            raise NotDelivered(
                f"The report {page.name} is too large to attach. Write attach: false, and set report.link."
            )
        attached = (f"alignment-{digest.period}.html", content)
    message = email.message(digest.result, digest.period, digest.link, attached)
    message["From"] = target.sender
    message["To"] = ", ".join(target.to or ())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _identity(target, digest)
    return message


def _identity(target: Target, digest: Digest) -> str:
    """The same for the same report to the same people, so that a mail client shows one that was sent twice once."""
    parts = [digest.period, target.name, digest.result["organisation"], digest.result["as_of"], *(target.to or ())]
    print_of = hashlib.sha256("\n".join(map(str, parts)).encode(errors="replace")).hexdigest()[:24]
    return f"<{digest.period}.{print_of}@{(target.sender or '').partition('@')[2]}>"


def _several(number: int) -> str:
    return f"{number} address" if number == 1 else f"{number} addresses"


def _plain(said: object) -> str:
    """What a server said, on one line and printable."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= 120 else line[:119] + "…"
