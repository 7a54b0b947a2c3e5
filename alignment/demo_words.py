"""What people of the made-up company said while it ran: reviews held and missed, decisions with reasons, earlier reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alignment import wiring
from alignment.pulling.progress import working
from alignment.reporting import freeze, make_result
from alignment.strategy_history import remember
from alignment.weekly.week import Entry, Words, append, say
from analyzer.calendar import week_of_day
from analyzer.store import Store, scalar

if TYPE_CHECKING:
    from alignment.settings import Settings

BY = "Chief of staff (made up)"
STRATEGY_STATED = datetime(2026, 7, 1, 7, tzinfo=UTC)

HELD = tuple(f"2026-W{week}" for week in range(27, 45))
"""Reviews from the beginning of the half-year; those of weeks 45 and 46 nobody held."""

REPORTED = ("2026-W43", "2026-W44", "2026-W45")
"""Weeks whose report was kept, each made on the Monday after."""

DECIDED = (
    ("priority_drift", "act", "Payments takes no new upkeep until p95 is below 2 seconds."),
    ("team_divergence", "act", "Payments takes no new upkeep until p95 is below 2 seconds."),
    ("scope_creep", "accept", "The bank asked for the added items; nothing else is let in."),
    ("unlinked_work", "accept", "Odd jobs are sorted out at the end of the quarter."),
    ("repeated_priorities", "act", "Checkout stays the focus until it has its share."),
    ("broken_assumptions", "act", "Each team names what it stops doing."),
    ("scattered_focus", "act", "Mobile app finishes what is open before it starts more."),
    ("priority_inflation", "act", "High is for what customers notice."),
    ("interpretation_points", "act", "The owners of checkout, data and returns settle whose work it is."),
    ("undefined_start", "act", "No work without a description from December."),
    ("busy_not_aligned", "act", "No work without a description from December."),
    ("decision_churn", "dismiss", "Storefront tries early demonstrations until Christmas."),
    ("friction", "act", "Platform and the host speak every morning."),
)
"""Finding, choice, reason. On parked work that was started nobody decided anything."""

DECIDED_AFTER, UNTIL = "2026-W43", "2026-12-31"
"""What is accepted or dismissed holds until the end of the year."""

AGREED = ("PAY Sprint 19", "2026-10-23", "The bank asked for the first of them.")
"""What grew, the day on which it was agreed what had come until then, and why. What came later nobody agreed on."""

NOTED = (
    ("fast-checkout", "Express pay is live for all guests.", "2026-W40"),
    ("trusted-data", "Two of three reports agree with the ledger.", "2026-W43"),
)


def tell(settings: Settings, quiet: bool = True) -> None:
    """Puts all of it into the store at its own moments, once."""
    store, calendar = Store(settings.store), wiring.options(settings).calendar
    with store.reading() as con:
        if scalar(con, "SELECT count(*) FROM decisions WHERE author = ?", [BY]):
            return
    remember(store, settings.strategy, STRATEGY_STATED)

    def monday_after(week: str) -> datetime:
        return wiring.moment(store, calendar, None, week, STRATEGY_STATED).at + timedelta(hours=10)

    ends = wiring.day_end(calendar, UNTIL)
    said = [(monday_after(w), Entry("review", w, "held")) for w in HELD]
    said += [(monday_after(w), Entry("note", target, "", text)) for target, text, w in NOTED]
    said += [
        (monday_after(DECIDED_AFTER), Entry("finding", target, choice, reason, None if choice == "act" else ends))
        for target, choice, reason in DECIDED
    ]
    with store.writing() as con:
        for at, entry in sorted(said, key=lambda pair: pair[0]):
            append(con, entry, BY, at)
    name, day, reason = AGREED
    at = wiring.day_end(calendar, day)
    words = Words(agreed=(name,), reason=reason, by=BY)
    say(store, settings.strategy, week_of_day(calendar.local_day(at)), words, at, at - timedelta(hours=8))
    judged_by = wiring.strategies(settings.strategy)
    with working("Telling what was said and reported before", quiet):
        for week in REPORTED:
            looked = wiring.moment(store, calendar, None, week, STRATEGY_STATED)
            freeze(settings, make_result(settings, judged_by, looked), monday_after(week), looked)
