"""Tokens come from the environment or the system keyring, never from a file of ours."""

from __future__ import annotations

import os
import re

from alignment.errors import Mend

SERVICE = "alignment-analyzer"


def variable(tracker: str) -> str:
    """The environment variable of a tracker's token: ``ALIGNMENT_TOKEN_JIRA_EU`` for ``jira-eu``."""
    return "ALIGNMENT_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", tracker.upper())


def token(tracker: str) -> str:
    """The token of a tracker. Raises Mend if there is none."""
    found = os.environ.get(variable(tracker), "").strip() or _from_keyring(tracker)
    if not found:
        raise Mend(
            f"There is no token for tracker {tracker}.",
            f"Set {variable(tracker)}, or keep it with: keyring set {SERVICE} {tracker}",
        )
    if not found.isascii() or any(c.isspace() for c in found):
        raise Mend(
            f"The token for tracker {tracker} holds a space or a special character.", "Copy it again, the token alone."
        )
    return found


def _from_keyring(tracker: str) -> str:
    """Empty where the keyring package is not installed or has no backend on this machine."""
    try:
        import keyring

        return (keyring.get_password(SERVICE, tracker) or "").strip()
    except Exception:
        return ""
