"""A ticket's parent over time, out of three fields that mean it: ``parent``, Epic Link and Parent Link."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from connectors.jira.values import mapping
from connectors.replay import Piece, Step, combine, first_given, single

if TYPE_CHECKING:
    from connectors.jira.reading import Reading

CONCEPTS = ("parent", "epic_link", "parent_link")
EPICS_AND_ABOVE = {"epic", "initiative", "theme", "legend", "saga"}
"""Names that Jira ships; a log of types gives no level."""


def parent_track(issue: Reading) -> tuple[list[Piece], bool]:
    """Pieces of the parent, and whether a log contradicts what is there now.

    Cloud replaced the links by ``parent`` and left their log in place: where the last word of all three logs is today's
    parent, they are one log. Else each field is read by itself, and the first that holds something counts.
    """
    tracker, raw = issue.site.tracker, issue.raw
    given = mapping(raw.get("parent"))
    held = f"{tracker}:{given['id']}" if given.get("id") else f"@{given['key']}" if given.get("key") else None
    own = {concept: issue.log.steps(concept, "", _ident(tracker)) for concept in CONCEPTS}
    merged = _merged(chain.from_iterable(own.values()))
    if held and merged and merged[-1].after == held and not any(s.at > merged[-1].at for s in own["parent"]):
        pieces, contradictions = single(issue.created, merged, held, issue.updated)
        return pieces, contradictions > 0
    tracks, contradicted = [], False
    epic = mapping(raw.get("epic"))
    links = [(c, i) for c in CONCEPTS[1:] for i in issue.site.fields.ids.get(c, []) or [""]]
    if issue.level > 0:
        links.reverse()  # above stories a Parent Link is the parent; an Epic Link is left from when it was a story
    pieces, wrong = single(issue.created, own["parent"], held, issue.updated)
    tracks.append(pieces)
    contradicted |= wrong > 0
    if epic.get("id"):
        tracks.append([(f"{tracker}:{epic['id']}", issue.created, None)])
    for concept, field_id in links:
        pieces, wrong = _linked(issue, concept, field_id, raw.get(field_id))
        tracks.append(pieces)
        contradicted |= wrong > 0
    return combine(issue.created, tracks, first_given), contradicted


def _ident(tracker: str) -> Any:
    return lambda _concept, ident, text: f"{tracker}:{ident}" if ident else f"@{text}" if text else None


def _merged(steps: Any) -> list[Step]:
    """One log of several: by time, with what two of them say together said once."""
    kept: list[Step] = []
    for step in sorted(steps, key=lambda s: s.at):
        twin = any(
            (s.before, s.after) == (step.before, step.after) and (step.at - s.at).total_seconds() < 5 for s in kept[-3:]
        )
        if not twin:
            kept.append(step)
    return kept


def _linked(issue: Reading, concept: str, field_id: str, current: Any) -> tuple[list[Piece], int]:
    """Epic Link and Parent Link hold a key today but log ids: the last logged id stands for the key it names."""
    current = mapping(mapping(current).get("data") or current).get("key") if isinstance(current, dict) else current
    key = str(current) if current else None
    last = issue.log.last_target(concept)
    if not key and not last:
        return [], 0
    value = f"@{key}" if key else None
    if last and last[1] == key and last[0]:
        value = f"{issue.site.tracker}:{last[0]}"
    steps = issue.log.steps(concept, field_id, _ident(issue.site.tracker))
    pieces, wrong = single(issue.created, steps, value, issue.updated)
    stale = _stale_from(issue, concept, steps[-1].at if steps else issue.created)
    return (_until(pieces, stale) if stale else pieces), wrong


def _stale_from(issue: Reading, concept: str, linked: datetime) -> datetime | None:
    """When a change of type left a link behind: Jira keeps a Parent Link when an epic becomes a story, and an Epic Link the
    other way round."""
    wants_epic = concept == "parent_link"
    if (issue.level > 0) == wants_epic:
        return None
    for step in issue.log.steps("type", "", lambda _c, _i, text: text):
        was_epic = (step.before or "").lower() in EPICS_AND_ABOVE
        if (
            step.at >= linked
            and was_epic == wants_epic
            and ((step.after or "").lower() in EPICS_AND_ABOVE) != wants_epic
        ):
            return max(step.at, issue.created)
    return None


def _until(pieces: list[Piece], end: datetime) -> list[Piece]:
    kept: list[Piece] = [
        (v, since, end if until is None or until > end else until) for v, since, until in pieces if since < end
    ]
    return [*kept, (None, end, None)] if kept else []
