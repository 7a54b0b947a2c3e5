"""The made-up company whose trackers name three people in every text that anyone may write."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from alignment.pulling import pull as pulling
from analyzer import names
from analyzer.board import Options
from analyzer.masking import masked
from analyzer.result import Result
from analyzer.score import score
from analyzer.store import Store
from connectors.connector import Connector, ParseOptions, Parser, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.example.company import Company
from tests.alignment import made_up
from tests.analyzer import drawn

EVERY = 7
"""Of so many tickets one is kept: enough for every measure to have something to say."""

SECRET = b"a key"
Shape = Literal["cloud", "data center", "linear"]

WRITTEN = {
    "summary", "title", "description", "content", "goal", "body", "name", "text", "Epic Name",
}  # fmt: skip
"""Keys under which people write; words of a tracker (statuses, types, urgencies) are what the strategy's rules read."""

NOT_WRITTEN = ("issuetype", "type", "priority", "status", "statusCategory", "resolution", "schema", "state")
LOGGED = ("summary", "description", "Sprint", "Fix Version", "title")


def handle(name: str) -> str:
    """The user name of someone: first letter and last name."""
    words = name.lower().split()
    return f"{words[0][0]}{words[-1]}"


def mail(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@acme.example"


def forms(name: str) -> list[str]:
    """How a text names someone."""
    first, last = name.split()
    return [
        name,
        f"{last}, {first}",
        name.upper(),
        name.replace(" ", "-"),
        mail(name),
        handle(name),
        f"@{first}",
        f"[~{handle(name)}]",
    ]


def hidden(name: str) -> re.Pattern[str]:
    """Finds any trace of someone: first and last name side by side, whatever stands between, or the name of the account."""
    first, last = map(re.escape, name.split())
    gap = r"[\W_]{0,4}"
    return re.compile(rf"{first}{gap}{last}|{last}{gap}{first}|{handle(name)}|@acme|@{first}\b|\[~", re.IGNORECASE)


class Planted:
    """A tracker of the company in one of the shapes of the real ones."""

    def __init__(self, made: Company, shape: Shape, names: Iterable[str]) -> None:
        self.inner: Connector = ExampleLinear(made) if shape == "linear" else ExampleJira(made)
        self.name, self.kind, self.source, self.live = self.inner.name, self.inner.kind, self.inner.source, True
        self.shape, self.said = shape, [forms(name) for name in names]

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Any]:
        for one in self.inner.fetch(since):
            if not isinstance(one, Payload):
                yield one
            elif one.kind not in ("issue", "history") or zlib.crc32(one.id.encode()) % EVERY == 0:
                yield Payload(one.kind, one.id, self._planted(one.data, one.kind))

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        return self.inner.parser(reference, options)

    def _planted(self, value: Any, key: str) -> Any:
        if isinstance(value, list):
            return [self._planted(v, key) for v in value] + (
                [f"for-{self._form(str(value))}"] if key == "labels" else []
            )
        if not isinstance(value, dict) or key in NOT_WRITTEN or key == "field":
            return value
        if "accountId" in value or (key == "user" and "name" in value):
            return self._user(value)
        if str(value.get("field")) in LOGGED:
            return value | {k: f"{value[k]} {self._form(value[k])}" for k in ("fromString", "toString") if value.get(k)}
        return {
            k: f"{v} for {self._form(v)}" if k in WRITTEN and isinstance(v, str) else self._planted(v, k)
            for k, v in value.items()
        }

    def _form(self, text: str) -> str:
        """Everyone, each in some form; one text is always given the same, as a project or a sprint has one name."""
        number = zlib.crc32(text.encode())
        return " and ".join(said[(number >> 3 * at) % len(said)] for at, said in enumerate(self.said))

    def _user(self, user: dict[str, Any]) -> dict[str, Any]:
        shown = str(user.get("displayName") or "")
        if self.shape == "linear":
            return user | {"displayName": handle(str(user["name"]))}
        if self.shape == "cloud":
            return user | {"emailAddress": f"{handle(shown)}@acme.example"}
        return {"name": handle(shown), "key": user["accountId"], "displayName": shown, "active": True}


def pulled(path: Path, connector: Connector) -> Store:
    store = Store(path)
    pulling.pull(store, connector, ParseOptions(secret=SECRET), made_up.AS_OF)
    return store


def scored(store: Store, folder: Path, **instead: str) -> tuple[Result, Result]:
    """The report with names and without, by the company's strategy with some of its words replaced."""
    texts = [
        p.read_text(encoding="utf-8") for p in sorted((made_up.ROOT / "alignment/demo_files/strategy").glob("*.yaml"))
    ]
    for old, new in instead.items():
        texts = [text.replace(f": {old.replace('_', ' ')}\n", f": {new}\n") for text in texts]
    strategies = drawn.strategies(folder, *texts)
    with store.reading() as con:
        bare = score(con, strategies, Options(at_least=1), made_up.AS_OF, "Acme")
        return bare, masked(bare, names.of_store(con, SECRET), strategies)
