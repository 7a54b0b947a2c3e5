"""Every word the report says of its own stands here, so another language is another file like this one."""

from __future__ import annotations

LANGUAGE = "en"
REPORT = "Alignment report"
DASH = "–"

VERDICTS = {
    "signal": "Signal",
    "watch": "Watch",
    "noise": "No signal",
    "not_judged": "Not judged",
    "error": "Failed",
}
HOW_SURE = {
    "signal": "Sure enough to act on: outside the 95 % interval, after correction for looking in many places.",
    "watch": "Not sure yet: outside the 80 % interval, inside the 95 % one.",
    "noise": "What moved is within what chance alone would do.",
    "not_judged": "Not enough could be seen to say anything.",
    "error": "A calculation failed, so the picture is not complete.",
}
HEADLINES = {  # used only where the Result brings no headline of its own
    "signal": "Something needs a decision",
    "watch": "Something to watch",
    "noise": "No signal in these weeks",
    "not_judged": "Nothing could be judged in these weeks",
    "error": "A calculation failed",
}

UNITS = {
    "share": ("", ""),
    "person_days": ("person-day", "person-days"),
    "tickets": ("ticket", "tickets"),
    "points": ("point", "points"),
    "count": ("", ""),
    "weeks": ("week", "weeks"),
    "text": ("", ""),
    "date": ("", ""),
    "percent_points": ("percentage point", "percentage points"),
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

SINCE = "Since"
SINCE_UNKNOWN = "Not tied to one week"
HOW_SURE_LABEL = "How sure"
JUDGED = "Judged"
SCORES = "Three scores that lead"
SCORE_NAMES = {  # a score is higher the better, so it is named for the good state
    "priority_drift": "Intended mix",
    "scope_creep": "Agreed scope",
    "unlinked_work": "Linked work",
}
ARITHMETIC = "How this adds up"
OUT_OF_100 = "of 100"
HIGHER = "Higher is better."
SCORE = "Score"
NO_SCORE = "No score"
DECISIONS = "What needs a decision"
ALSO = "Also"
NO_PREVIOUS = "This is the first report."
NO_DECISION = "No signal in these weeks. Nothing here asks for a decision."
NOTHING_JUDGED = "Nothing could be judged, so nothing here asks for a decision. What is missing is said below."
OTHERS = {"noise": "No signal", "not_judged": "Not judged", "error": "Failed"}

COVERAGE = "What was seen"
COVERAGE_WHY = "Read this before the findings: it says what they rest on."
TRACKERS = "Trackers"
COVERAGE_COLUMNS = ("Tracker", "Kind", "Source", "Tickets", "With history", "Skipped", "Newest change")
NO_TRACKERS = "No tracker was read."
SET_APART = "Weeks set apart"
SET_APART_WHY = "Shown in the charts, left out of every judgement."
NONE_SET_APART = "None."
NOTES = "Notes"
STRATEGY = "The strategy it was held against"
STRATEGY_COLUMNS = ("Priority", "Intended share", "Owner", "Done when")
NO_STRATEGY = "No strategy was in force in these weeks."
KINDS = {"priority": "priority", "upkeep": "upkeep", "parked": "not now"}

NO_FINDINGS = "No measure was computed."
HOW = "How this is computed, and where it may mislead"
HOW_PARTS = {
    "how": "How", "formula": "Formula", "needs": "What it needs", "limits": "Where it may mislead", "source": "Source",
}  # fmt: skip
NOT_JUDGED = "Not judged:"
NOT_JUDGED_AFTER = "Nothing was assumed in its place. It is judged again as soon as this changes."
ERROR = "This measure failed, and the others went on:"
ERROR_AFTER = "That is a fault of the program, not of the work."
NO_REASON = "no reason was recorded."
NO_ROWS = "No rows."
NO_VALUES = "No values to draw."
VALUES = "The values behind this chart"
WEEK = "Week"
TICKETS = "Tickets"
TOTAL = "Total"
INTENDED = "intended"
FILTER = "Filter"
SHOWN = "{shown} of {all} rows"
KEYS = "Arrow keys read the values."
KEY_LINE = "measured"
KEY_BAND = "intended range"
KEY_APART = "week set apart"
KEY_SCOPE = "scope"
KEY_DONE = "done"
KEY_PLANNED = "planned"
KEY_AGREED = "agreed range"
AGREED = "agreed"
SAME_SCALE = "All panels share one scale."
HEAT = "The stronger the tint, the larger the number."
CONTENTS_SKIP = "Skip to the findings"
BACK = "Back to the top"

CHANGED = "What changed since the last report"
FIRST_REPORT = "This is the first report: there is none to compare it with."
DECIDE = "What to decide this week"
MOVE = "Smallest move"
OPEN_REPORT = "Open the report"
ATTACHED = "The whole report is attached."
MESSAGE_FOOTER = "This measures the work, not people. No person's name or number appears in it."
PICTURES_KEY = "Tinted: the intended range. Grey: a week set apart."

FOOTER = (
    "This measures the work, not people. No person's name or number appears in it; an owner is named only where the "
    "strategy names one. Groups of fewer than five people are merged before they are shown."
)
EFFORT = {
    "days": "Effort is person-days read from ticket history: each working day of each assignee, split over the "
    "tickets in progress that day.",
    "count": "Effort is the number of tickets.",
    "points": "Effort is story points as estimated.",
}


def counted(number: int, unit: str) -> str:
    """``3 tickets``, ``1 ticket``."""
    one, many = UNITS[unit]
    return f"{number:,}\N{NO-BREAK SPACE}{one if number == 1 else many}"


def and_more(number: int) -> str:
    return f"and {number:,} more"


def more_rows(number: int) -> str:
    return f"{number:,} more rows" if number != 1 else "1 more row"


def not_drawn(number: int) -> str:
    return f"{more_rows(number)} in the CSV files of this report (--format csv)."


def columns_not_drawn(number: int) -> str:
    return f"{number:,} more {'column' if number == 1 else 'columns'} in the CSV files of this report (--format csv)."


def more_panels(number: int) -> str:
    return f"{number:,} more lines are in the table of values."


def interval(text: str) -> str:
    return f"95 % interval {text}"


def week_from(week: str, day: str) -> str:
    return f"{week}, the week of {day}"


def span(first: str, last: str) -> str:
    return f"{first} to {last}"


def window(weeks: int, days: str) -> str:
    return f"{counted(weeks, 'weeks')}, {days}" if weeks else "no complete week"


def in_force(since: str, until: str | None) -> str:
    if not since:
        return "always in force"
    return f"in force from {since} to {until}" if until else f"in force since {since}"


def tickets_in(number: int, trackers: list[str]) -> str:
    return f"{counted(number, 'tickets')} in {', '.join(trackers)}" if trackers else ""


def as_of(moment: str, zone: str) -> str:
    return f"As of {moment} ({zone})."


def last_value(value: str, week: str) -> str:
    return f"{value} in {week}"


WHAT_CHANGED = "What changed"
NOTHING_CHANGED = "Nothing moved by more than chance gives."
SMALLEST_MOVE = "Smallest move"
COMPARISON = "Two reports side by side"
MEASURE = "Measure"
WHAT_MOVED = "What moved"
NOTHING_MOVED = "Nothing moved by more than chance gives."
ARCHIVE = "All reports"
NO_REPORTS = "There is no report yet"
VERDICT = "Verdict"
HEADLINE = "Headline"
SEEN_FROM = "Seen from"
TREND_SCALE = "Each line runs from 0 to 100; higher is better. A gap is a report in which the score was not judged."


def compared(first: str, second: str) -> str:
    return f"{first} and {second}"


def reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number:,} reports"


def trend(first: int, week: str, last: int, latest: str) -> str:
    """``66 in 2026-W40, 81 in 2026-W47``; one report is no trend."""
    return f"{last} in {latest}" if week == latest else f"{first} in {week}, {last} in {latest}"


def as_format(form: str, week: str) -> str:
    return f"{week} as {form}"


def since_report(day: str) -> str:
    return f"since the report of {day}"


def subject(period: str, headline: str) -> str:
    return f"Alignment {period}: {headline}" if period else f"Alignment: {headline}"


def unchanged(day: str) -> str:
    return f"All is as the report of {day} said." if day else "All is as the last report said."


def was_and_now(title: str, was: str, now: str) -> str:
    return f"{title}: {was} before, {now} now."


def to_decide(number: int) -> str:
    return f"{number} to decide" if number else "nothing to decide"


def last_change(day: str) -> str:
    return f"newest change {day}"


def skipped(number: int) -> str:
    return f"{number:,} skipped"


def without_history(number: int) -> str:
    return f"{number:,} without history"


def apart(number: int) -> str:
    return f"{counted(number, 'weeks')} set apart"


def notes_on_data(number: int) -> str:
    return f"{number} {'note' if number == 1 else 'notes'} on the data in the report"
