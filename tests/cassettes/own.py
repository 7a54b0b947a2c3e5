"""A conversation with one's own tracker: the first tickets, recorded with everything cleaned, and replayed from the file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import vcr
from pytest_recording.network import blocking_context

from alignment import wiring
from alignment.settings import Tracker, read_settings
from alignment.tokens import token, variable
from connectors.connector import ParseOptions, Payload
from connectors.jira import live as jira_live
from connectors.ticket import Ticket
from tests.cassettes.case import CASSETTES, PUBLIC, Folder
from tests.cassettes.conftest import settings
from tests.cassettes.scrub import Scrubber
from tests.cassettes.written import Commented

OWN = CASSETTES / "own"
FOLDERS: dict[str, Folder] = {"jira-cloud": "jira-cloud", "jira-data-center": "jira-dc", "linear": "linear"}


def trackers(file: str | None) -> list[Tracker]:
    """The live ones of a settings file; none without a file."""
    if not file:
        return []
    found, mistakes = read_settings(Path(file))
    if found is None:
        raise SystemExit("\n".join(map(str, mistakes)))
    return [tracker for tracker in found.trackers if tracker.kind in FOLDERS]


def record(tracker: Tracker, path: Path, most: int) -> list[Ticket]:
    """Writes the cassette anew. The key of the stand-ins is thrown away: nobody can try names against them."""
    now, secret = datetime.now(UTC).replace(microsecond=0), token(tracker.name)
    scrubber = Scrubber(secrets.token_bytes(32), _hosts(tracker), secrets=(secret, tracker.email))
    comment = f"Recorded {now.isoformat()} from a {tracker.kind} of one's own. Look through it before you share it."
    path.unlink(missing_ok=True)
    with _cassette(path, "all", scrubber, comment):
        return list(_tickets(tracker, most, now))


def replay(tracker: Tracker, path: Path, most: int) -> list[Ticket]:
    """With the network blocked and no token."""
    found = re.match(r"# Recorded (\S+) ", path.read_text(encoding="utf-8"))
    assert found, f"{path.name} was not recorded by this program"
    scrubber = Scrubber(b"", _hosts(tracker))
    with pytest.MonkeyPatch.context() as patch, blocking_context(), _cassette(path, "none", scrubber, "") as cassette:
        patch.setenv(variable(tracker.name), "none-is-needed")
        tickets = list(_tickets(tracker, most, datetime.fromisoformat(found[1])))
        assert cassette.all_played, "the cassette holds more than was asked for: record again"
    return tickets


def _cassette(path: Path, mode: str, scrubber: Scrubber, comment: str) -> Any:
    recorder = vcr.VCR(record_mode=mode, **settings(scrubber))
    recorder.register_serializer("yaml", Commented(comment, scrubber))
    return recorder.use_cassette(str(path))


def _hosts(tracker: Tracker) -> dict[str, str]:
    """The hosts of the settings, and what stands for them; whole addresses before bare names."""
    public = PUBLIC[FOLDERS[tracker.kind]]
    given = [urlsplit(str(url)) for url in (tracker.base_url, tracker.browse_url) if url]
    whole = {f"{url.scheme}://{url.netloc}": public for url in given}
    return {**whole, **{url.netloc: urlsplit(public).netloc for url in given}}


def _tickets(tracker: Tracker, most: int, now: datetime) -> Iterator[Ticket]:
    """The first tickets, asked for in small pages, one request at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "clock", lambda: now)
        for name in ("PAGE", "LOG_IDS"):
            patch.setattr(jira_live, name, most, raising=False)
        connector: Any = wiring.live_linear(tracker) if tracker.kind == "linear" else wiring.live_jira(tracker)
        if "Issues" in getattr(connector, "sizes", {}):
            connector.sizes["Issues"] = most
        for holder in (connector, connector.site):
            if hasattr(holder, "workers"):
                holder.workers = 1
        reference: list[Payload] = []
        issues: dict[str, Payload] = {}
        histories: dict[str, Payload] = {}
        for one in connector.fetch():
            if not isinstance(one, Payload):
                continue
            if one.kind == "issue" and len(issues) == most:
                break
            kept: dict[str, dict[str, Payload]] = {"issue": issues, "history": histories}
            if one.kind in kept:
                kept[one.kind][one.id] = one
            else:
                reference.append(one)
        parser = connector.parser(reference, ParseOptions())
        for ident, issue in issues.items():
            yield from parser.ticket(issue, histories.get(ident)).tickets
