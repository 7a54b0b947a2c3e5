"""Whatever is printed passes here: no token of this run, and no password in an address, comes out."""

from __future__ import annotations

import base64
import re

HIDDEN = "[token]"
IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@'\"]*:[^/\s@'\"]+@")
IN_HEADER = re.compile(r"(?i)\b(bearer|basic)\s+(?!authentication\b)[A-Za-z0-9._~+/=-]{8,}")
LINEAR = re.compile(r"\blin_(?:api|oauth)_\w+")

MAILBOX = re.compile(r"[\w.+%'-]+(?=@[\w-]+\.\w)")

_secrets: set[str] = set()


def keep_secret(token: str) -> None:
    """From now on this token is not printed, as it is or inside a Basic header. What is shorter than any real token stays."""
    if len(token) >= 8:
        _secrets.add(token)


def scrubbed(text: str) -> str:
    """The text without what must not be seen."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
        for start in range(3):  # base64 of "e-mail:token": the token may begin at any of three places of a byte
            inner = base64.b64encode(b"\0" * start + secret.encode()).decode().rstrip("=")[(0, 2, 3)[start] : -1]
            if len(inner) >= 8:
                text = text.replace(inner, HIDDEN)
    text = IN_HEADER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
    return LINEAR.sub(HIDDEN, IN_ADDRESS.sub("", text))


def nameless(text: str) -> str:
    """Scrubbed, and without the part of mail addresses that may be a person's name: for what is kept or shipped elsewhere."""
    return MAILBOX.sub("[someone]", scrubbed(text))
