"""Which team a ticket belongs to."""

from __future__ import annotations

import pandas as pd

from analyzer.store import Connection

LAY_OUT = """
CREATE OR REPLACE TEMP TABLE ticket_team AS
WITH facts AS (
    SELECT no AS ticket, 'tracker_team' AS field, lower(tracker_team) AS value FROM ticket_then
    UNION ALL SELECT t.no, 'project', lower(c.key) FROM ticket_then t JOIN container_then c ON c.id = t.project
    UNION ALL SELECT t.no, 'project', lower(c.name) FROM ticket_then t JOIN container_then c ON c.id = t.project
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
LEFT JOIN container_then c ON c.id = t.project AND c.kind = 'space'
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
