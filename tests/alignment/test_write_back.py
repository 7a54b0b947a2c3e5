"""Write-back of tags to all three kinds of tracker: planned, applied, taken back; nothing else of a ticket is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.alignment.settled import KINDS
from tests.alignment.tagged import BUGS, GROWTH, Site, dump, site

Start = Callable[..., Site]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda kind, **more: stack.enter_context(site(kind, tmp_path, monkeypatch, capsys, **more))


@pytest.mark.parametrize("kind", KINDS)
def test_the_tracker_ends_as_it_began(start: Start, kind: str) -> None:
    one = start(kind)
    begin, bare = dump(one.tracker), dump(one.tracker, labels=False)
    planned = one.data("plan", "--finished")
    assert len(planned["tickets"]) == GROWTH + BUGS and not one.writes()
    assert f"{GROWTH + BUGS} tickets would be written" in one.link("apply", "PLAN")
    assert dump(one.tracker) == begin and not one.writes(), "without --write nothing is written"
    one.link("apply", "PLAN", "--write")
    assert all("strat-growth" in one.labels(t) for t in one.tickets[:GROWTH])
    assert all("strat-bugs" in one.labels(t) for t in one.tickets[GROWTH : GROWTH + BUGS])
    changed = {i for i, ticket in dump(one.tracker).items() if ticket != begin[i]}
    assert changed == {t.partition(":")[2] for t in one.tickets[: GROWTH + BUGS]}
    assert dump(one.tracker, labels=False) == bare, "nothing but labels changed"
    count = len(one.writes())
    assert "already so" in one.link("apply", "PLAN", "--write") and len(one.writes()) == count
    assert one.data("plan", "--finished")["tickets"] == [], "the log knows what the last pull cannot"
    one.link("revert", planned["plan"], "--write")
    assert dump(one.tracker) == begin
    count = len(one.writes())
    assert "Nothing to write" in one.link("revert", "--write") and len(one.writes()) == count
