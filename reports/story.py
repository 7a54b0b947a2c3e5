"""The order of the telling: what leads, what needs a decision, and what may rest."""

from __future__ import annotations

from typing import Any

from reports import words

Data = dict[str, Any]

LEADING = ("priority_drift", "scope_creep", "unlinked_work")
ASKS = ("signal", "watch")
ABOUT_THE_DATA = ("data_quality",)
MOST_DECISIONS = 5
MOST_CHANGES = 3


def headline(result: Data) -> str:
    return str(result["headline"] or words.HEADLINES[result["verdict"]])


def decisions(result: Data) -> list[Data]:
    """Findings that ask for a decision: signals first, then those to watch, each in the Result's order."""
    asking = [finding for finding in result["findings"] if finding["meta"]["id"] not in ABOUT_THE_DATA]
    return [finding for verdict in ASKS for finding in asking if finding["verdict"] == verdict]


def to_decide(result: Data) -> list[Data]:
    """At most five things to decide, each with the smallest move that would mend it; an older Result says no moves."""
    if "decide" in result:
        return list(result["decide"])[:MOST_DECISIONS]
    return [
        {"measure": one["meta"]["id"], "title": one["meta"]["title"], "verdict": one["verdict"],
         "sentence": one["sentence"], "move": "", "tickets": [], "more": 0}
        for one in decisions(result)[:MOST_DECISIONS]
    ]  # fmt: skip


def also(result: Data) -> list[Data]:
    """Findings that ask for a decision and are not among the first five."""
    named = {one["measure"] for one in to_decide(result)}
    return [one for one in decisions(result) if one["meta"]["id"] not in named]


def no_decision(result: Data) -> str:
    """What to say where nothing asks for a decision."""
    judged = any(finding["verdict"] == "noise" for finding in result["findings"])
    return words.NO_DECISION if judged else words.NOTHING_JUDGED


def how_sure(result: Data) -> str:
    """In words, how sure what leads the report is."""
    leads = decisions(result)
    return str(leads[0].get("sure") or "") if leads and leads[0].get("sure") else words.HOW_SURE[result["verdict"]]


def since(result: Data) -> str:
    """The week since when what leads the report is so, or nothing."""
    leads = decisions(result)
    return str(leads[0]["since"] or "") if leads else ""


def scores(result: Data) -> list[Data]:
    """The three findings whose scores lead: drift, scope, linked work; else the first three that have a score."""
    by_id = {finding["meta"]["id"]: finding for finding in result["findings"]}
    named = [by_id[name] for name in LEADING if name in by_id]
    rest = [finding for finding in result["findings"] if finding["score"] and finding not in named]
    return (named + rest)[:3]


def score_name(finding: Data) -> str:
    return words.SCORE_NAMES.get(finding["meta"]["id"], str(finding["meta"]["title"]))


def seen(result: Data) -> str:
    """``21,364 tickets in Jira, Linear``, or nothing where no tracker was read."""
    trackers = result["coverage"]
    return words.tickets_in(sum(one["tickets"] for one in trackers), [one["name"] for one in trackers])


def at_rest(result: Data) -> list[tuple[str, list[Data]]]:
    """Findings that ask for nothing, by verdict: (its words, the findings), none of them empty."""
    groups = [
        (label, [finding for finding in result["findings"] if finding["verdict"] == verdict])
        for verdict, label in words.OTHERS.items()
    ]
    return [group for group in groups if group[1]]


def grid(flow: Data) -> tuple[list[str], list[str], list[list[float | None]]]:
    """A flow as a table: sources down, targets across, amounts summed, ``None`` where nothing went."""
    sources = list(dict.fromkeys(link["source"] for link in flow["links"]))
    targets = list(dict.fromkeys(link["target"] for link in flow["links"]))
    amounts: dict[tuple[str, str], float] = {}
    for link in flow["links"]:
        place = (link["source"], link["target"])
        amounts[place] = amounts.get(place, 0.0) + link["value"]
    return sources, targets, [[amounts.get((source, target)) for target in targets] for source in sources]


def at(values: list[Any], index: int) -> Any:
    """The value at a place of a list that may be shorter than its neighbours."""
    return values[index] if index < len(values) else None


def last_known(values: list[Any]) -> Any:
    """The last value that is not ``None``."""
    return next((value for value in reversed(values) if value is not None), None)


def changed(result: Data) -> list[Data] | None:
    """What is not as the last report said it; ``None`` where there was none to compare with."""
    return list(result.get("changed") or []) if result.get("previous") else None
