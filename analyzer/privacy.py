"""The one place where groups too small to be shown are merged, so that no number stands for one person (DESIGN §9).

Two rules of statistical disclosure control (Hundepool et al. 2012, ch. 4): a group has at least so many people (threshold), and no
one of them made more than half of its effort (dominance), so that five names do not stand for the work of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from analyzer.store import Connection

ALL_TEAMS = "All teams"
SMALLER = "Smaller teams"

TOOK = """
SELECT ticket, person, week, units FROM effort_day WHERE person IS NOT NULL AND week BETWEEN $1 AND $2
UNION ALL SELECT f.ticket, f.person, d.week, 1 FROM finished f JOIN days d ON d.day = f.day
    WHERE f.person IS NOT NULL AND d.week BETWEEN $1 AND $2
"""
CREW = f"""
CREATE OR REPLACE TEMP TABLE crew AS
WITH took AS ({TOOK})
SELECT g.team, k.week, k.person, sum(k.units)::BIGINT AS units FROM took k JOIN ticket_team g ON g.ticket = k.ticket
GROUP BY g.team, k.week, k.person
"""
"""Who drew effort or finished something, by team and week; a ticket that drew none weighs next to nothing."""

OF_WEEKS = "SELECT team, person, sum(units) AS units FROM crew WHERE week BETWEEN ? AND ? GROUP BY team, person"
OF_PAST = """
SELECT s.shown, c.person, sum(c.units) AS units FROM crew c JOIN team_shown s ON s.team = c.team WHERE c.week < ?
GROUP BY s.shown, c.person
"""
OF_STRETCHES = """
SELECT s.shown || '|' || b.block, c.person, sum(c.units) AS units FROM crew c JOIN team_shown s ON s.team = c.team
JOIN block_of b ON b.week = c.week WHERE b.block <> 0 GROUP BY s.shown, b.block, c.person
"""


def lay_out(
    con: Connection, at_least: int, weeks: tuple[int, int, int], outside: Mapping[str, Counter[str]] | None = None
) -> None:
    """``team_shown(team, shown)``: see ``together``. ``outside`` is who worked for each team outside the slice that is looked at.

    ``at_least`` 1 shows everything. ``weeks``: the first of the history, the first and the last of the window.
    """
    history, first, last = weeks
    con.execute(CREW, [history, last])
    teams = [str(team) for (team,) in con.execute("SELECT DISTINCT team FROM ticket_team").fetchall()]
    crews: dict[str, Counter[str]] = {team: Counter() for team in teams} | _crews(con, OF_WEEKS, first, last)
    shown = together(crews, at_least, outside)
    frame = pd.DataFrame(sorted(shown.items()), columns=["team", "shown"], dtype=object)
    con.register("incoming", frame)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE team_shown AS SELECT team::VARCHAR AS team, shown::VARCHAR AS shown FROM incoming"
    )
    con.unregister("incoming")


def together(
    crews: Mapping[str, Counter[str]], at_least: int, outside: Mapping[str, Counter[str]] | None = None
) -> dict[str, str]:
    """The name under which each team is shown: teams that may not be shown are merged until the merged group may be.

    The smallest go first. A merged group that may not be shown takes in the next smallest team; if nothing is left there is one
    group, all teams. A team whose rest, ``outside``, may not be shown is merged as well: it could be told from the difference.
    """

    def alone(team: str) -> bool:
        rest = (outside or {}).get(team)
        return may_be_shown(crews[team], at_least) and (not rest or may_be_shown(rest, at_least))

    merged: list[str] = []
    group: Counter[str] = Counter()
    for team in sorted(crews, key=lambda t: (alone(t), len(crews[t]), t)):
        if alone(team) and (not merged or may_be_shown(group, at_least)):
            break
        merged.append(team)
        group += crews[team]
    label = ALL_TEAMS if len(merged) == len(crews) else SMALLER
    return {team: label if team in merged else team for team in crews}


def may_be_shown(crew: Counter[str], at_least: int) -> bool:
    """Whether a group is large enough, and not one person's work in all but name."""
    if at_least == 1:
        return True
    if len(crew) < at_least:
        return False
    return 2 * max(crew.values(), default=0) <= crew.total() or not crew.total()


def hidden_pasts(con: Connection, at_least: int, first_week: int) -> frozenset[str]:
    """Groups that are shown and whose weeks before the window were the work of too few: what was usual then is not for showing.

    Else a team that grew would tell, in the column beside its own number, what its first member did alone.
    """
    return frozenset(g for g, crew in _crews(con, OF_PAST, first_week).items() if not may_be_shown(crew, at_least))


def hidden_stretches(con: Connection, at_least: int) -> frozenset[tuple[str, int]]:
    """The same of the stretches (``block_of``) into which history and window are cut: in a holiday a team may be one person."""
    crews = _crews(con, OF_STRETCHES)
    hidden = [g.rpartition("|") for g, crew in crews.items() if not may_be_shown(crew, at_least)]
    return frozenset((shown, int(block)) for shown, _, block in hidden)


def _crews(con: Connection, sql: str, *values: int) -> dict[str, Counter[str]]:
    """People by group, with what each drew."""
    found: dict[str, Counter[str]] = {}
    for group, person, units in con.execute(sql, list(values)).fetchall():
        found.setdefault(str(group), Counter())[str(person)] = int(units)
    return found
