"""Where mail arrives on loopback, and one is kept of what has the same Message-ID, as many mail systems do."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from tests.alignment.mail_server import MailServer


class Inbox(MailServer):
    """Takes mail from anyone. ``refusing``: none, and for good."""

    def __init__(self, folder: Path, refusing: bool = False) -> None:
        super().__init__(folder, "none", False, lambda step, _: "554 not now" if self.refuses(step) else None)
        self.refusing = refusing

    def refuses(self, step: str) -> bool:
        return self.refusing and step == "DATA"

    def __enter__(self) -> Inbox:
        super().__enter__()
        return self

    @property
    def arrived(self) -> int:
        return len(self.posts)

    @property
    def kept(self) -> dict[str, EmailMessage]:
        """The first of each Message-ID."""
        return {str(post.message["Message-ID"]): post.message for post in reversed(self.posts)}

    def target(self) -> str:
        """A line of the settings."""
        return (
            f"{{name: leaders, kind: email, to: [leaders@acme.example], from: reports@acme.example, host: 127.0.0.1, "
            f"port: {self.port}, security: none}}"
        )


def text_of(message: EmailMessage) -> str:
    """The plain part, on one line."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())
