"""Write-back of tags to all three kinds of tracker: planned, applied, taken back; nothing else of a ticket is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from alignment.link.tag_plan import read_tag_plan
from tests.alignment.settled import KINDS, NOW
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
    inputs = [r.body["variables"]["input"] for r in one.writes() if kind == "linear"]
    assert all("labelIds" not in given for given in inputs), "it would replace all labels of a ticket"
    count = len(one.writes())
    assert "already so" in one.link("apply", "PLAN", "--write") and len(one.writes()) == count
    assert one.data("plan", "--finished")["tickets"] == [], "the log knows what the last pull cannot"
    one.link("revert", planned["plan"], "--write")
    assert dump(one.tracker) == begin
    count = len(one.writes())
    assert "Nothing to write" in one.link("revert", "--write") and len(one.writes()) == count


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_that_moved_since_the_plan_is_left_alone_and_named(start: Start, kind: str) -> None:
    one = start(kind)
    one.link("plan", "--only", "growth", "--finished")
    edited, labelled, moved, gone, *rest = one.tickets[:GROWTH]
    one.edit(edited, title="Edited meanwhile")
    one.edit(labelled, labels=[one.other_label()])
    key, homes = one.key(moved).rpartition("-")[0], {one.key(t).rpartition("-")[0] for t in one.tickets}
    one.tracker.world.move(moved[2:], next(h for h in sorted(homes) if h != key))
    one.tracker.world.delete(gone[2:])
    before = {ticket: one.labels(ticket) for ticket in (edited, labelled, moved)}
    told = one.data("apply", "PLAN", "--write", code=1)
    left = dict(told["left"])
    assert left.keys() == {one.key(t) for t in (edited, labelled, moved, gone)}
    assert left[one.key(edited)] == "it was changed since the plan"
    assert left[one.key(labelled)] == "its labels changed since the plan"
    assert left[one.key(moved)].startswith("it moved and is ") and "gone" in left[one.key(gone)]
    assert {ticket: one.labels(ticket) for ticket in before} == before
    assert len(told["done"]) == len(rest) and all("strat-growth" in one.labels(t) for t in rest)


@pytest.mark.parametrize("kind", ["data center", "linear"])
def test_what_others_did_after_the_write_stays_when_it_is_taken_back(start: Start, kind: str) -> None:
    """One tag was taken off by somebody, who takes no harm from it; another ticket got more labels."""
    one = start(kind)
    one.link("plan", "--only", "growth", "--finished")
    one.link("apply", "PLAN", "--write")
    off, on = one.tickets[:2]
    one.edit(off, labels=[])
    theirs = one.labels(on) - {"strat-growth"} | {one.other_label()}
    one.edit(on, labels=[*sorted(theirs), "strat-growth"])
    told = one.data("apply", "PLAN", code=1)
    assert [key for key, _ in told["left"]] == [one.key(off)] and "changed back" in told["left"][0][1]
    told = one.data("revert", "--write")
    assert len(told["done"]) == GROWTH - 1 and told["already"] == [one.key(off)]
    assert one.labels(off) == set() and one.labels(on) == theirs


@pytest.mark.parametrize("kind", ["cloud", "linear"])
def test_a_tag_does_not_keep_its_own_link_alive(start: Start, kind: str) -> None:
    """
    ticket  tag put on by                            once no decision links it
    ours    this program                             goes: nothing else speaks for the link
    again   this program, taken off, then a person   stays: the rule of growth matches a person's tag
    other   a person                                 stays, likewise
    """
    one = start(kind)
    one.link("plan", "--only", "growth", "--finished")
    one.link("apply", "PLAN", "--write")
    ours, again, other = one.tickets[0], one.tickets[1], one.tickets[-1]
    one.edit(again, labels=[])
    one.edit(again, minutes=5, labels=["strat-growth"])
    one.edit(other, labels=["strat-growth"])
    one.pull()
    assert one.data("plan", "--only", "growth", "--finished")["tickets"] == []
    with one.store.writing() as con:
        con.execute("DELETE FROM decisions WHERE target IN (?, ?)", [ours, again])
    planned = one.data("plan", "--only", "growth", "--finished")["tickets"]
    assert planned == [{"ticket": ours, "key": one.key(ours), "add": [], "remove": ["strat-growth"]}]
    one.link("apply", "PLAN", "--write")
    assert [t for t in (ours, again, other) if "strat-growth" in one.labels(t)] == [again, other]
    one.decide([again, other], None, NOW + timedelta(minutes=90))
    planned = one.data("plan", "--only", "growth", "--finished")
    assert planned["tickets"] == [], "a person's tag is not taken off, whatever was decided"
    assert sorted(row["key"] for row in planned["left"]) == sorted([one.key(again), one.key(other)])
    one.link("revert", "--write")
    assert "strat-growth" in one.labels(ours)


def test_only_tags_of_the_strategy_are_put_on_and_only_our_own_are_taken_off(start: Start) -> None:
    """A plan that somebody rewrote."""
    one = start("data center")
    one.link("plan", "--only", one.tickets[0])
    text = one.plan.read_text(encoding="utf-8")
    one.plan.write_text(text.replace("add: [strat-growth]", "add: [urgent]"), encoding="utf-8")
    assert "urgent is no tag of the strategy" in one.link("apply", "PLAN", "--write", code=1)
    one.edit(one.tickets[0], labels=["strat-growth", "keep"])
    one.plan.write_text(text.replace("add: [strat-growth]", "remove: [keep]"), encoding="utf-8")
    assert "keep was put on by somebody else" in one.link("apply", "PLAN", "--write", code=1)
    assert not one.writes() and one.labels(one.tickets[0]) == {"strat-growth", "keep"}


def test_the_cap_refuses_a_plan_that_is_larger(start: Start) -> None:
    one = start("cloud")
    told = one.link("plan", "--finished", "--cap", "13", code=1)
    assert "14 tickets would change, more than 13" in told and not one.plan.exists()
    one.link("plan", "--finished", "--cap", "14")
    one.plan.write_text(one.plan.read_text(encoding="utf-8").replace("cap: 14", "cap: 5"), encoding="utf-8")
    assert "more than 5. Nothing was written." in one.link("apply", "PLAN", "--write", code=1)
    assert "more than 3. Nothing was written." in one.link("apply", "PLAN", "--write", "--cap", "3", code=1)
    assert not one.writes()


def test_finished_tickets_are_left_out_unless_they_are_asked_for(start: Start) -> None:
    one = start("cloud")
    with one.store.reading() as con:
        old = {row[0] for row in con.execute(
            "SELECT t.id FROM tickets t JOIN spans s ON s.ticket = t.no WHERE s.field = 'phase' AND s.until IS NULL "
            "AND s.value IN ('done', 'cancelled') AND s.since < TIMESTAMP '2026-09-28'").fetchall()}  # fmt: skip
    planned = {t["ticket"] for t in one.data("plan")["tickets"]}
    assert planned == set(one.tickets[: GROWTH + BUGS]) - old and old & set(one.tickets[: GROWTH + BUGS])


def test_a_hostile_title_is_data(start: Start) -> None:
    """Signs that a terminal obeys, line ends that would write YAML, and markup do nothing but be read."""
    one = start("cloud")
    title = "\x1b[31mred\nadd: [urgent]\n\u202e]}'\" # - *x {{7*7}} <script>"
    one.edit(one.tickets[0], title=title, labels=["a:[b]", "\x1b[2J", "'"])
    one.pull()
    told = one.link("plan", "--only", one.tickets[0])
    text = one.plan.read_text(encoding="utf-8")
    assert all(c.isprintable() or c == "\n" for c in text + told)
    plan = read_tag_plan(one.plan)
    assert [(t.ticket, t.add, t.remove) for t in plan.tickets] == [(one.tickets[0], ("strat-growth",), ())]
    one.link("apply", "PLAN", "--write")
    assert one.labels(one.tickets[0]) == {"a:[b]", "\x1b[2J", "'", "strat-growth"}


def test_what_is_named_and_not_known_is_told(start: Start) -> None:
    one = start("linear")
    assert "nonsense is neither a priority" in one.link("plan", "--only", "nonsense", code=1)
    assert "No plan was applied yet" in one.link("revert", code=1)
    assert "there is no such file" in one.link("revert", "other.yaml", code=1)


def test_a_tag_that_the_strategy_renames_is_replaced_and_two_priorities_are_two_tags(start: Start) -> None:
    one = start("data center")
    begin = dump(one.tracker)
    ticket = one.tickets[0]
    half = "INSERT INTO decisions (moment, author, target, priority, weight, reason) VALUES (?, 'x', ?, ?, 500000, '')"
    with one.store.writing() as con:
        con.executemany(
            half, [[NOW.replace(tzinfo=None) + timedelta(minutes=5), ticket, p] for p in ("growth", "bugs")]
        )
    first = one.data("plan", "--only", ticket)
    assert first["tickets"][0]["add"] == ["strat-bugs", "strat-growth"]
    one.link("apply", "PLAN", "--write")
    assert one.labels(ticket) >= {"strat-growth", "strat-bugs"}
    strategy = one.folder / "strategy.yaml"
    strategy.write_text(strategy.read_text(encoding="utf-8").replace('"strat-bugs"', "upkeep-bugs"), encoding="utf-8")
    second = one.data("plan", "--only", ticket)
    assert [(t["add"], t["remove"]) for t in second["tickets"]] == [(["upkeep-bugs"], ["strat-bugs"])]
    assert "the strategy no longer names this tag" in one.plan.read_text(encoding="utf-8")
    one.link("apply", "PLAN", "--write")
    assert one.labels(ticket) >= {"strat-growth", "upkeep-bugs"} and "strat-bugs" not in one.labels(ticket)
    one.link("revert", second["plan"], "--write")
    one.link("revert", first["plan"], "--write")
    assert dump(one.tracker) == begin
