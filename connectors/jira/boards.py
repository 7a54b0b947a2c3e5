"""What only boards tell: the field each one estimates in, and sprints that no issue describes. Asked seldom and boundedly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.connector import Fatal, Payload, Refused
from connectors.jira.site import Site
from connectors.jira.values import mapping, objects
from connectors.ticket import Problem

AGILE = "agile/1.0"
MOST_BOARDS = 50
MOST_SPRINTS = 25
"""More sprints than these, known only from change logs, keep the names that the logs give them."""


def estimates(site: Site, tracker: str, projects: Sequence[str]) -> Iterator[Payload | Problem]:
    """The configuration of scrum boards. Wanted only where the field list has nothing that is surely an estimate."""
    try:
        wanted = {"type": "scrum", "maxResults": MOST_BOARDS}
        pages = [
            site.get("board", AGILE, **wanted, **({"projectKeyOrId": p} if p else {})) for p in projects[:5] or [""]
        ]
        found = {str(b.get("id")): b for page in pages for b in objects(mapping(page).get("values")) if b.get("id")}
        for ident in list(found)[:MOST_BOARDS]:
            yield Payload("board", ident, {**found[ident], **mapping(site.get(f"board/{ident}/configuration", AGILE))})
    except (Refused, Fatal):
        what = "no field is surely an estimate, and this account may not read boards, which would tell; name it in the settings"
        yield Problem("boards_not_visible", tracker, what)


def sprints(site: Site, tracker: str, missing: Sequence[str]) -> Iterator[Payload | Problem]:
    """Sprints by id. One that was deleted is passed over; a refusal of the first ends the asking."""
    refused = 0
    for ident in missing[:MOST_SPRINTS]:
        try:
            yield Payload("sprint", ident, mapping(site.get(f"sprint/{ident}", AGILE)))
        except Refused:
            refused += 1
        except Fatal:
            refused = len(missing)
            break
    if refused or len(missing) > MOST_SPRINTS:
        unknown = refused + max(0, len(missing) - MOST_SPRINTS) if refused < len(missing) else refused
        what = f"{unknown} sprints are known only from change logs: deleted, hidden, or too many; their dates are not known"
        yield Problem("sprints_unknown", tracker, what)
