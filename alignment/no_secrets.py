"""No secret may stand in a file of ours: keys that name one are found at any depth, their values never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.located_yaml import Group, Items
from analyzer.problem import Mistake

SECRET = re.compile(
    r"((api|access|private|secret)key|pat|credentials?|.*(token|secret|password|passwd|passphrase|apikey)|.*webhook(url)?)"
)
WEBHOOK = re.compile(r"https://hooks\.slack(-gov)?\.com/|https://\S+[?&]sig=", re.IGNORECASE)
"""Addresses that let whoever knows them post: Slack's, and those of Teams workflows."""


def secrets_in(value: Group | Items) -> Iterator[Mistake]:
    """Keys that name a secret, at any depth; their values are never repeated. A field id is no secret."""
    if isinstance(value, Group):
        for key, inner in value.items():
            bare = re.sub(r"[^a-z]", "", key.lower())
            named = SECRET.fullmatch(bare) or (isinstance(inner, str) and WEBHOOK.match(inner))
            if named and not re.fullmatch(r"customfield_\d+", str(inner)):
                fix = "Delete it here, and put it into an environment variable or the system keyring"
                yield Mistake(value.file, value.lines[key], f"'{key}' is a secret, which may not stand in a file", fix)
            elif isinstance(inner, Group | Items):
                yield from secrets_in(inner)
    else:
        for item in value:
            if isinstance(item, Group | Items):
                yield from secrets_in(item)
