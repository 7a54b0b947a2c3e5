"""Who decides: the role that was named, else the login."""

from __future__ import annotations

import getpass


def speaker(by: str) -> str:
    """No report shows it; it tells those who share a store apart."""
    try:
        return by or getpass.getuser()
    except (OSError, KeyError):  # a container may have no users
        return "someone"
