"""What was decided on earlier findings, and whether the number moved."""

from __future__ import annotations

from typing import Any

from analyzer import frozen, rhythm
from analyzer.board import Board
from analyzer.calendar import day_of, monday
from analyzer.evidence import row, table
from analyzer.judging import PLAIN_COUNT, counted, not_judged
from analyzer.result import Finding, Meta, Move, Shape, Verdict

META = Meta(
    id="ignored_findings",
    title="Ignored findings",
    question="What did we decide on earlier findings, and did anything move?",
    how=(
        "Earlier reports are kept as they were written. Each finding that one of the last 13 windows reported as "
        "signal is followed: "
        "how many reports in a row up to the latest said so, what was decided on it (alignment week --decide), and "
        "its value in the "
        "first of them against the latest. Signal: three reports in a row said so and no decision that still holds is recorded. "
        "Watch: it was to be acted on, and four weeks later the value has not come down; or a decision has expired."
    ),
    formula=(
        "Ignored = findings that were a signal in the last three reports or more, without a decision in force at the "
        "report's moment."
    ),
    needs="Two earlier reports in the store, and at least one decision ever recorded: where nobody records any, none is missing.",
    limits="Only what is recorded is known. That a number moved after a decision does not prove that the decision moved it.",
    source="The essay's fifth system (feedback loops); dismissal with reason and expiry after Echoes' insights.",
)  # fmt: skip

PATIENCE, IN_A_ROW = 4, 3


def measure(board: Board) -> Finding:
    last = day_of(monday(board.last_week) - 1).isoformat()
    told = frozen.reports(board, 26, 13, last)
    if len(told) < 2:
        return not_judged(META, "Fewer than two earlier reports are in the store, so there is nothing to follow yet.")
    decided = {w.target: w for w in rhythm.words(board, "finding")}
    rows, ignored, stuck, asked = [], [], [], []
    for ident in dict.fromkeys(f["meta"]["id"] for f in told[0]["findings"]):
        run = _run(told, ident)
        if not run or ident == META.id:
            continue
        title, first, latest = run[0]["meta"]["title"], run[-1]["value"], run[0]["value"]
        word = decided.get(ident)
        holds = word is not None and (word.until is None or word.until > board.as_of)
        moved = "" if first is None or latest is None else "yes" if latest < first else "no"
        if len(run) >= IN_A_ROW and word is None:
            ignored.append(title)
            asked.append(ident)
        elif word is not None and (
            not holds or (word.choice == "act" and moved == "no" and _weeks(board, word) >= PATIENCE)
        ):
            stuck.append(title)
            asked.append(ident)
        cells = {
            "finding": title, "reports": len(run), "since": run[-1]["window"], "first": _shown(run[-1]), "latest": _shown(run[0]),
            "moved": moved, "decided": f"{word.choice} ({word.moment:%Y-%m-%d})" if word else "nothing",
            "reason": word.reason if word else "", "until": f"{word.until:%Y-%m-%d}" if word and word.until else "",
        }  # fmt: skip
        rows.append(row(cells))
    columns = [
        ("finding", "Finding", "text"), ("reports", "Reports in a row", "count"), ("since", "Since the week of", "text"),
        ("first", "Then", "text"), ("latest", "In the latest report", "text"), ("moved", "Came down", "text"),
        ("decided", "Decided", "text"), ("reason", "Reason", "text"), ("until", "Until", "date"),
    ]  # fmt: skip
    details: list[Shape] = (
        [table("followed", "Findings that earlier reports asked a decision on", columns, rows)] if rows else []
    )
    if rows and not decided:
        reason = "No decision on a finding was ever recorded (alignment week --decide), so whether they were ignored is not known."
        return not_judged(META, reason, details)
    verdict: Verdict = "signal" if ignored else "watch" if stuck else "noise"
    return Finding(
        meta=META, verdict=verdict, value=len(ignored), unit="count", sure=PLAIN_COUNT, details=details,
        headline=f"Nobody decided on: {', '.join(ignored)}." if ignored else "", sentence=_sentence(ignored, stuck, rows),
        move=Move(sentence=_move(asked)) if asked else None,
    )  # fmt: skip


def _move(asked: list[str]) -> str:
    return " ".join(
        f"Decide: alignment week --decide {ident}=act (or accept, dismiss) --reason '…'." for ident in asked[:3]
    )


def _sentence(ignored: list[str], stuck: list[str], rows: list[Any]) -> str:
    if ignored:
        return f"{counted(len(ignored), 'finding')} came back report after report and nobody decided on it: {', '.join(ignored)}."
    if stuck:
        return f"A decision has expired or moved nothing so far: {', '.join(stuck)}."
    return (
        "Every finding that came back has been decided on."
        if rows
        else "No earlier finding asks for a decision any more."
    )


def _run(told: list[dict[str, Any]], ident: str) -> list[dict[str, Any]]:
    """The finding in the latest reports, newest first, as long as each said signal."""
    run = []
    for report in told:
        finding = frozen.found(report, ident)
        if finding is None or finding["verdict"] != "signal":
            break
        run.append({**finding, "window": report["window"]["weeks"][-1]})
    return run


def _weeks(board: Board, word: rhythm.Word) -> int:
    return (board.as_of - word.moment).days // 7


def _shown(finding: dict[str, Any]) -> str:
    value, unit = finding["value"], finding["unit"]
    return "" if value is None else f"{100 * value:.0f} %" if unit == "share" else f"{value:g} {unit.replace('_', ' ')}"
