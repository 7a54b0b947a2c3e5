"""A real mail server on loopback: STARTTLS or TLS with a certificate of its own authority, log-in, and troubles on demand."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "robot", "planted-password-0123"
Answer = Callable[[str, int], str | None]
"""What to say to a step (``MAIL``, ``RCPT address``, ``DATA``) the nth time it is asked; ``None``: yes; ``close``: hang up."""


@dataclass
class Post:
    """What arrived: who it came from, for whom, and the bytes."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class MailServer:
    """``tls``: starttls, tls or none. ``login``: whether mail is taken only after one. Use as a context manager."""

    folder: Path
    tls: str = "starttls"
    login: bool = True
    answer: Answer = lambda _step, _time: None
    most_bytes: int = 5_000_000
    posts: list[Post] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def __enter__(self) -> MailServer:
        authority = trustme.CA()
        self.ca = self.folder / "mail-ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        extra: dict[str, Any] = {"tls_context": context, "require_starttls": True} if self.tls == "starttls" else {}
        if self.login:
            extra |= {"auth_required": True, "authenticator": _let_in, "auth_require_tls": self.tls == "starttls"}
        self._controller = _Anywhere(
            self, hostname="127.0.0.1", port=0, ssl_context=context if self.tls == "tls" else None,
            data_size_limit=self.most_bytes, server_hostname="localhost", **extra,
        )  # fmt: skip
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self._said(server, "MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        said = self._said(server, f"RCPT {address}", "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = self._said(server, "DATA", "250 OK")
        if said.startswith("250"):
            self.posts.append(Post(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return said

    def _said(self, server: Any, step: str, otherwise: str) -> str:
        self.steps.append(step)
        said = self.answer(step, self.steps.count(step)) or otherwise
        if said == "close":
            server.transport.abort()
            return "421 gone"
        return said


class _Anywhere(Controller):
    """At whatever port is free: the package itself asks at port 0 whether its server is up."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _let_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False) if not known else AuthResult(success=True)
