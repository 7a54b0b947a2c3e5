"""What a candidate plan names and cannot mean: unknown, over already, given twice, or of unknown size."""

from __future__ import annotations

import difflib

from analyzer.evidence import heaviest, row, table
from analyzer.judging import PLAIN_COUNT
from analyzer.plan_view import View
from analyzer.result import Finding, Meta

SLIPS = Meta(
    id="plan_slips",
    title="Plan: what cannot be meant",
    question="Is everything that the plan names there and open?",
    how=(
        "Names that no ticket, project, version, sprint … has; tickets that are done, cancelled or gone already; what has "
        "nothing open under it; teams that no ticket has; tickets given to two teams; moves of what is not in the plan; epics "
        "of unknown size. One is worth watching."
    ),
    limits="A ticket that this account cannot see looks unknown; so does a team that has no ticket yet.",
    source="Definition of this program.",
    formula="Number of such entries.",
    needs="A plan.",
)
NAMES = """
SELECT i.item, i.action, i.text, t.no AS ticket, t.phase, t.gone, n.item IS NOT NULL OR c.item IS NOT NULL AS known, p.pieces,
    k.pieces AS kept
FROM plan_item i LEFT JOIN plan_named n ON n.item = i.item LEFT JOIN ticket_then t ON t.no = n.ticket
LEFT JOIN (SELECT DISTINCT item FROM plan_contained) c ON c.item = i.item
LEFT JOIN (SELECT item, count(*) AS pieces FROM plan_part GROUP BY item) p ON p.item = i.item
LEFT JOIN (SELECT a.item, count(*) AS pieces FROM plan_part a JOIN plan_piece q ON q.piece = a.piece GROUP BY a.item) k
    ON k.item = i.item
ORDER BY i.item, t.no
"""


def _strangers(view: View) -> list[tuple[str, str, None]]:
    """Teams that the plan counts on and no ticket has."""
    known = {r.team.lower(): r.team for r in view.board.rows("SELECT DISTINCT team FROM ticket_team ORDER BY team")}
    found: list[tuple[str, str, None]] = []
    for name in view.planned.plan.teams:
        if name.lower() not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            found.append((name, f"is the team of no ticket{f': is {known[close[0]]} meant?' if close else ''}", None))
    return found


def slips(view: View) -> Finding:
    found: list[tuple[str, str, int | None]] = []
    for r in view.board.rows(NAMES):
        if not r.known:
            found.append((r.text, "is not known by that key or name", None))
        elif r.action == "take" and r.phase in ("done", "cancelled"):
            found.append((r.text, f"is {r.phase} already", r.ticket))
        elif r.action == "take" and r.gone is not None:
            found.append((r.text, "is gone from the tracker", r.ticket))
        elif r.action == "take" and not r.pieces:
            found.append((r.text, "has nothing open in it", r.ticket))
        elif r.action == "move" and not r.kept:
            found.append((r.text, "is moved, but is neither taken nor in progress", r.ticket))
    doubled = view.board.rows(
        "SELECT t.key, t.no FROM plan_piece p JOIN ticket_then t ON t.no = p.piece WHERE p.teams > 1 ORDER BY t.no"
    )
    found += [(r.key, "is given to two teams", r.no) for r in doubled]
    unsized = view.planned.pieces[view.planned.pieces["how"] == "none"]["piece"]
    keys = view.board.rows(
        "SELECT key, no FROM ticket_then WHERE no IN (SELECT unnest(?)) ORDER BY no", [int(n) for n in unsized]
    )
    found += [(r.key, "has nothing under it, and how long such take is not known: give its days", r.no) for r in keys]
    found += _strangers(view)
    numbers = [n for _, _, n in found if n is not None]
    known = heaviest(
        view.board,
        "SELECT no AS grp, no AS ticket, 1 AS weight FROM ticket_then WHERE no IN (SELECT unnest(?))",
        numbers,
    )
    rows = [row({"name": name, "what": what}, known, str(n)) for name, what, n in found]
    first = "; ".join(f"{name} {what}" for name, what, _ in found[:3])
    return Finding(
        meta=SLIPS, verdict="watch" if found else "noise", value=len(found), unit="count", sure=PLAIN_COUNT,
        sentence=f"{first}{' and more' if len(found) > 3 else ''}." if found else "Everything the plan names is there and open.",
        details=[table("plan_slips", "What cannot be meant", [("name", "Named", "text"), ("what", "What is wrong", "text")], rows)],
    )  # fmt: skip
