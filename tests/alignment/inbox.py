"""A mail server on loopback that keeps one of what has the same Message-ID, as many mail systems do."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Inbox:
    """``arrived`` counts every message; ``kept`` has the first of each Message-ID. ``refusing``: all mail, for good."""

    kept: dict[str, EmailMessage] = field(default_factory=dict)
    arrived: int = 0
    refusing: bool = False

    def __enter__(self) -> Inbox:
        self._controller = _Anywhere(self, hostname="127.0.0.1", port=0)
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusing:
            return "554 not now, not ever"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.arrived += 1
        self.kept.setdefault(str(message["Message-ID"]), message)
        return "250 OK"

    def forget(self) -> None:
        self.kept, self.arrived = {}, 0

    def target(self) -> str:
        """A line of the settings."""
        return (
            f"{{name: leaders, kind: email, to: [leaders@acme.example], from: reports@acme.example, host: 127.0.0.1, "
            f"port: {self.port}, security: none}}"
        )


class _Anywhere(Controller):
    """At whatever port is free: the package itself asks at port 0 whether its server is up."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def text_of(message: EmailMessage) -> str:
    """The plain part, on one line."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())
