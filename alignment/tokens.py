"""Tokens come from the environment, the system keyring or a hidden question, never from a file of ours."""

from __future__ import annotations

import os
import re

from alignment.errors import Mend
from alignment.scrubbing import keep_secret

SERVICE = "alignment-analyzer"

_given: dict[str, str] = {}


def variable(tracker: str) -> str:
    """The environment variable of a tracker's token: ``ALIGNMENT_TOKEN_JIRA_EU`` for ``jira-eu``."""
    return "ALIGNMENT_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", tracker.upper())


def known(tracker: str) -> str:
    """The token of a tracker as it was given, empty if there is none."""
    found = _given.get(tracker) or os.environ.get(variable(tracker), "").strip() or kept(tracker)
    keep_secret(found)
    return found


def token(tracker: str) -> str:
    """The token of a tracker. Raises Mend if there is none."""
    found = known(tracker)
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


def take(tracker: str, text: str) -> None:
    """Use this token for the rest of the run; it is kept in memory alone."""
    _given[tracker] = text.strip()
    keep_secret(_given[tracker])


def has_keyring() -> bool:
    """Whether there is a keyring on this machine that holds what it is given."""
    try:
        import keyring

        return bool(keyring.get_keyring().priority > 0)
    except Exception:
        return False


def keep(tracker: str) -> bool:
    """Put the token of this run into the keyring; whether that worked."""
    try:
        import keyring

        keyring.set_password(SERVICE, tracker, _given[tracker])
        return True
    except Exception:
        return False


def kept(name: str) -> str:
    """What the keyring holds for a name. Empty where the keyring package is not installed or has no backend on this machine."""
    try:
        import keyring

        return (keyring.get_password(SERVICE, name) or "").strip()
    except Exception:
        return ""


def stays(tracker: str) -> bool:
    """Whether the next run finds the token without being given it again."""
    return bool(os.environ.get(variable(tracker), "").strip() or kept(tracker))
