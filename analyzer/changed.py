"""What one report says that is not as another said it: verdicts that changed, and values that moved by more than they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.judging import percent
from analyzer.result import Change

Finding = Mapping[str, Any]

POINTS = 0.05
"""A share without an interval has moved when it moved by five points."""

PART, LEAST = 0.25, 2.0
"""Any other number without an interval has moved when it moved by a quarter, and by two."""

WORDS = {
    "signal": "a signal", "watch": "worth watching", "noise": "no signal", "not_judged": "not judged", "error": "failed",
}  # fmt: skip
ASKS = ("signal", "watch")


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """From one Result to another, as plain data: what became a signal first, then what became worth watching, what no longer is
    either, and what moved; in each as reported."""
    found = [c for pair in pairs(was, now) if (c := change(*pair)) is not None]
    return sorted(found, key=_place)


def pairs(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[Finding | None, Finding | None]]:
    """The findings of two Results by measure, in the order of the later one; what it no longer has comes last."""
    before = {f["meta"]["id"]: f for f in was["findings"]}
    after = {f["meta"]["id"]: f for f in now["findings"]}
    return [(before.get(i), after.get(i)) for i in dict.fromkeys([*after, *before])]


def change(was: Finding | None, now: Finding | None) -> Change | None:
    """``None`` where both say the same, or where the one that is new or gone asks for nothing."""
    one = now or was
    assert one is not None
    title = one["meta"]["title"]
    if was is None or now is None:
        if one["verdict"] not in ASKS:
            return None
        said = f"{title}: {WORDS[one['verdict']]}, "
        said += "and not in the report before." if was is None else "and no longer in the report."
        return _change(was, now, said)
    if was["verdict"] != now["verdict"]:
        said = f"{title}: was {WORDS[was['verdict']]}, {_is(now['verdict'])} now"
        moved = _values(was, now)
        reason = f". {now['reason']}" if now["verdict"] == "not_judged" and now.get("reason") else ""
        return _change(was, now, f"{said}{f' ({moved})' if moved else ''}{reason or '.'}")
    why = _moved(was, now)
    return _change(was, now, f"{title}: {_values(was, now)}, {why}; still {WORDS[now['verdict']]}.") if why else None


def _change(was: Finding | None, now: Finding | None, sentence: str) -> Change:
    one = now or was
    assert one is not None
    alike = was is not None and now is not None and was["unit"] == now["unit"]
    return Change(
        measure=one["meta"]["id"], title=one["meta"]["title"], was=was["verdict"] if was else None,
        now=now["verdict"] if now else None, was_value=was["value"] if was and (alike or not now) else None,
        now_value=now["value"] if now else None, unit=one["unit"], sentence=sentence,
    )  # fmt: skip


def _moved(was: Finding, now: Finding) -> str:
    """By what a value has moved, in words; empty where it has not."""
    if (
        was["value"] is None
        or now["value"] is None
        or was["unit"] != now["unit"]
        or now["verdict"] not in (*ASKS, "noise")
    ):
        return ""
    before, after, bounds = float(was["value"]), float(now["value"]), was.get("interval")
    if bounds:
        outside = not bounds[0] <= after <= bounds[1]
        between = f"{number(bounds[0], was['unit'])} to {number(bounds[1], was['unit'])}"
        return f"outside the 95\u00a0% interval of then ({between})" if outside else ""
    if was["unit"] == "share":
        return "more than five points" if abs(after - before) >= POINTS - 1e-9 else ""
    far = abs(after - before) >= max(LEAST, PART * abs(before))
    return "more than a quarter" if far else ""


def _values(was: Finding, now: Finding) -> str:
    if was["value"] is None or now["value"] is None or was["unit"] != now["unit"]:
        return ""
    before, after = number(was["value"], was["unit"]), number(now["value"], now["unit"])
    return f"{before} → {after}" if before != after else ""


def number(value: float, unit: str) -> str:
    """A value as a sentence gives it."""
    if unit == "share":
        return percent(value)
    words = {"person_days": " person-days", "tickets": " tickets", "points": " points", "weeks": " weeks"}
    digits = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return digits + words.get(unit, "")


def _is(verdict: str) -> str:
    return "has failed" if verdict == "error" else f"is {WORDS[verdict]}"


def _place(change: Change) -> int:
    if change.was != change.now and change.now in ASKS:
        return ASKS.index(change.now)
    if change.was != change.now and change.was in ASKS:
        return 2
    return 3 if change.now in ASKS else 4
