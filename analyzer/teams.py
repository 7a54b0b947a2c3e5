"""Which team a ticket belongs to, and which teams are large enough to be shown."""

from __future__ import annotations

import pandas as pd

from analyzer.store import Connection

ALL_TEAMS = "All teams"
SMALLER = "Smaller teams"

LAY_OUT = """
CREATE OR REPLACE TEMP TABLE ticket_team AS
WITH facts AS (
    SELECT no AS ticket, 'tracker_team' AS field, lower(tracker_team) AS value FROM ticket_then
    UNION ALL SELECT t.no, 'project', lower(c.key) FROM ticket_then t JOIN containers c ON c.id = t.project
    UNION ALL SELECT t.no, 'project', lower(c.name) FROM ticket_then t JOIN containers c ON c.id = t.project
    UNION ALL SELECT s.ticket, s.field, lower(s.value) FROM span_then s
        WHERE s.until IS NULL AND s.field IN (SELECT field FROM team_rule WHERE field IN ('label', 'component'))
), matched AS (
    SELECT f.ticket, min(r.position) AS position FROM facts f JOIN team_rule r ON r.field = f.field AND r.value = f.value
    GROUP BY f.ticket
)
SELECT t.no AS ticket, coalesce(r.team, t.tracker_team, c.name, 'No team') AS team
FROM ticket_then t
LEFT JOIN matched m ON m.ticket = t.no
LEFT JOIN team_rule r ON r.position = m.position
LEFT JOIN containers c ON c.id = t.project AND c.kind = 'space'
"""


def lay_out(con: Connection, rules: tuple[tuple[str, str, str], ...]) -> None:
    """``ticket_team(ticket, team)``: the settings' first matching team, else the tracker's team, else its Jira project."""
    frame = pd.DataFrame(
        [(n, team, field, value) for n, (team, field, value) in enumerate(rules)],
        columns=["position", "team", "field", "value"],
    ).astype({"position": "int64", "team": object, "field": object, "value": object})
    con.register("incoming", frame)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE team_rule AS SELECT position::INTEGER AS position, team::VARCHAR AS team, "
        "field::VARCHAR AS field, lower(value) AS value FROM incoming"  # the engine's lower case, as for what tickets hold
    )
    con.unregister("incoming")
    con.execute(LAY_OUT)


def merge_small(con: Connection, at_least: int) -> None:
    """``team_shown(team, shown)``: groups under ``at_least`` people are merged until the merged group is large enough.

    People are those who drew effort or finished something in the weeks judged (``crew``). A merged group that is still too
    small takes in the next smallest team; if nothing is left there is one group, all teams. The one place of DESIGN §9.
    """
    people: dict[str, set[str]] = {
        team: set() for (team,) in con.execute("SELECT DISTINCT team FROM ticket_team").fetchall()
    }
    pairs = con.execute(
        "SELECT DISTINCT t.team, c.person FROM crew c JOIN ticket_team t ON t.ticket = c.ticket"
    ).fetchall()
    for team, person in pairs:
        people[team].add(person)
    merged: list[str] = []
    together: set[str] = set()
    for team in sorted(people, key=lambda t: (len(people[t]), t)):
        if len(people[team]) >= at_least and (not merged or len(together) >= at_least):
            break
        merged.append(team)
        together |= people[team]
    label = ALL_TEAMS if len(merged) == len(people) else SMALLER
    frame = pd.DataFrame(
        [(team, label if team in merged else team) for team in sorted(people)], columns=["team", "shown"], dtype=object
    )
    con.register("incoming", frame)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE team_shown AS SELECT team::VARCHAR AS team, shown::VARCHAR AS shown FROM incoming"
    )
    con.unregister("incoming")
