"""The SQL that turns a row of chances a ticket (table ``base``) into tickets, spans, changes and containers."""

from __future__ import annotations

from datetime import UTC, datetime

END = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""The moment of the pull: nothing is known after it."""

UNTIL = int(END.timestamp()) * 1_000_000

READ = 2_000
"""Tickets whose rows lie together in the store, as ``alignment.pulling.pull`` saves them."""

THEMES = (
    "checkout", "data", "returns", "onboarding", "search", "compliance", "platform", "upkeep", "other", "mobile",
)  # fmt: skip

MACROS = (
    "CREATE TEMP MACRO pseudonym(n) AS 'p-' || lpad(lower(to_hex((n * 2654435761) % 281474976710656)), 12, '0')",
    "CREATE TEMP MACRO words() AS ['faster', 'returns portal', 'ledger', 'refund', 'basket', 'search', 'audit', 'queue', "
    "'login', 'price']",
)

CONTAINERS = f"""
INSERT INTO containers (id, tracker, kind, name, key, url, state, start, "end", completed)
SELECT 'jira:space:' || no, '', 'space', 'Team ' || no, 'TM' || no, '', '', NULL, NULL, NULL FROM team WHERE NOT linear
UNION ALL
SELECT CASE WHEN linear THEN 'linear:cycle:' ELSE 'jira:sprint:' END || t.no || ':' || m.no, '',
    CASE WHEN linear THEN 'cycle' ELSE 'sprint' END, 'Team ' || t.no || ' sprint ' || m.no, '', '',
    CASE WHEN m.start + INTERVAL 14 DAY <= $1 THEN 'closed' WHEN m.start <= $1 THEN 'active' ELSE 'future' END,
    m.start + INTERVAL 9 HOUR, m.start + INTERVAL 11 DAY,
    CASE WHEN m.start + INTERVAL 14 DAY <= $1 THEN m.start + INTERVAL 11 DAY END
FROM team t CROSS JOIN term m
UNION ALL
SELECT 'jira:version:' || t.no || ':' || m.no // 6, '', 'version',
    CASE WHEN m.no // 6 % 4 = 0 THEN 'Platform ' ELSE 'Release ' END || m.no // 6, '', '', '',
    min(m.start), NULL, CASE WHEN min(m.start) + INTERVAL 90 DAY <= $1 THEN min(m.start) + INTERVAL 84 DAY END
FROM team t CROSS JOIN term m WHERE NOT t.linear GROUP BY t.no, m.no // 6
UNION ALL
SELECT 'linear:project:' || t.no || ':' || m.no // 6 || ':' || h.range, '', 'project',
    'Project ' || t.no || '-' || m.no // 6 || '-' || h.range, '', '',
    CASE WHEN min(m.start) + INTERVAL 100 DAY <= $1 THEN 'completed' ELSE 'started' END, min(m.start), NULL,
    CASE WHEN min(m.start) + INTERVAL 100 DAY <= $1 THEN min(m.start) + INTERVAL 100 DAY END
FROM team t CROSS JOIN term m CROSS JOIN range({len(THEMES)}) h WHERE t.linear GROUP BY t.no, m.no // 6, h.range
UNION ALL
SELECT 'linear:initiative:' || range, '', 'initiative',
    'Initiative ' || {list(THEMES)!r}[range + 1], '', '', 'active', NULL, NULL, NULL
FROM range({len(THEMES)})
"""

KIND = "CASE WHEN linear = 1 THEN 'linear' ELSE 'jira' END"
TYPE = """CASE WHEN linear = 1 THEN CASE WHEN level = -1 THEN 'Sub-issue' ELSE 'Issue' END WHEN level = 1 THEN 'Epic'
    WHEN level = -1 THEN 'Sub-task' WHEN theme = 7 THEN CASE WHEN kind < 75 THEN 'Bug' ELSE 'Incident' END
    WHEN kind < 60 THEN 'Story' ELSE 'Task' END"""
TITLE = """upper(words()[3 + words % 8][1]) || words()[3 + words % 8][2:] || ' for the '
    || CASE WHEN theme = 2 THEN 'returns portal'
    ELSE words()[3 + words // 10 % 8] END || ' of team ' || team || ' part ' || words // 100 % 40"""
TICKETS = f"""
INSERT INTO tickets
SELECT no, {KIND} || ':' || no, {KIND}, {KIND}, 'TM' || team || '-' || no,
    CASE WHEN linear = 1 THEN 'https://linear.app/acme/issue/TM' ELSE 'https://acme.atlassian.net/browse/TM' END
    || team || '-' || no,
    {TITLE}, repeat('What is wanted of the ' || words()[1 + words % 10] || ', and why. ', 1 + kind // 20), {TYPE}, level,
    make_timestamp(created), make_timestamp(created), 'full', ''
FROM base
"""

EVENT = f"""
CREATE OR REPLACE TEMP TABLE event AS
WITH fact AS (
    SELECT no, 'status' AS field, created AS moment, 'To Do' AS value FROM base
    UNION ALL SELECT no, 'status', start, 'In Progress' FROM base
    UNION ALL SELECT no, 'status', review, 'In Review' FROM base
    UNION ALL SELECT no, 'status', done, 'Done' FROM base
    UNION ALL SELECT no, 'status', reopened, 'Reopened' FROM base
    UNION ALL SELECT no, 'status', closed, 'Done' FROM base
    UNION ALL SELECT no, 'status', cancelled, 'Cancelled' FROM base
    UNION ALL SELECT no, 'phase', created, 'todo' FROM base
    UNION ALL SELECT no, 'phase', start, 'doing' FROM base
    UNION ALL SELECT no, 'phase', done, 'done' FROM base
    UNION ALL SELECT no, 'phase', reopened, 'doing' FROM base
    UNION ALL SELECT no, 'phase', closed, 'done' FROM base
    UNION ALL SELECT no, 'phase', cancelled, 'cancelled' FROM base
    UNION ALL SELECT no, 'resolution', created, NULL FROM base WHERE linear = 0
    UNION ALL SELECT no, 'resolution', done, 'Done' FROM base WHERE linear = 0
    UNION ALL SELECT no, 'resolution', reopened, NULL FROM base WHERE linear = 0
    UNION ALL SELECT no, 'resolution', closed, 'Done' FROM base WHERE linear = 0
    UNION ALL SELECT no, 'assignee', created, NULL FROM base
    UNION ALL SELECT no, 'assignee', assigned, pseudonym(person) FROM base
    UNION ALL SELECT no, 'assignee', passed, pseudonym(author) FROM base
    UNION ALL SELECT no, 'parent', created, NULL FROM base WHERE parent >= 0 AND parented > created
    UNION ALL SELECT no, 'parent', parented, {KIND} || ':' || (parent + 1) FROM base WHERE parent >= 0
    UNION ALL SELECT no, 'estimate', created, NULL FROM base
    UNION ALL SELECT no, 'estimate', estimated, points::VARCHAR FROM base
    UNION ALL SELECT no, 'estimate', re_estimated, (points + 2)::VARCHAR FROM base
    UNION ALL SELECT no, 'urgency', created, CASE WHEN linear = 1 THEN 'No priority' ELSE 'Medium' END FROM base
    UNION ALL SELECT no, 'urgency', urged, CASE WHEN kind % 3 = 0 THEN 'Urgent' ELSE 'High' END FROM base
    UNION ALL SELECT no, 'title', created, {TITLE} FROM base
    UNION ALL SELECT no, 'title', retitled, 'Again: ' || {TITLE} FROM base
    UNION ALL SELECT no, 'body', created, '100:' || words FROM base
    UNION ALL SELECT no, 'body', described, '240:' || words + 1 FROM base
    UNION ALL SELECT no, 'body', rewritten, '300:' || words + 2 FROM base
    UNION ALL SELECT no, 'team', created, 'Team ' || team FROM base
    UNION ALL SELECT no, 'type', created, {TYPE} FROM base
    UNION ALL SELECT no, 'due', created, NULL FROM base
    UNION ALL SELECT no, 'due', due, '2026-12-01' FROM base
    UNION ALL SELECT no, 'project', created, CASE WHEN linear = 0 THEN 'jira:space:' || team END FROM base
        WHERE linear = 0 OR parented > created OR kind >= 85
    UNION ALL SELECT b.no, 'project', parented, 'linear:project:' || team || ':' || m.no // 6 || ':' || theme
        FROM base b JOIN term m ON m.start = time_bucket(INTERVAL 14 DAY, make_timestamp(created), (SELECT min(start) FROM term))
        WHERE linear = 1 AND kind < 85
    UNION ALL SELECT no, 'cycle', created, NULL FROM base WHERE linear = 1 AND level < 1
    UNION ALL SELECT b.no, 'cycle', CASE WHEN planned = 1 THEN greatest(created + 1, epoch_us(m.start)) ELSE boxed END,
        'linear:cycle:' || team || ':' || m.no
        FROM base b JOIN term m ON m.start = time_bucket(INTERVAL 14 DAY, make_timestamp(boxed), (SELECT min(start) FROM term))
        WHERE linear = 1 AND level < 1 AND boxed < {UNTIL}
), logged AS (
    SELECT f.no, f.field, f.moment, f.value, f.moment = b.created AS first,
        lag(f.value) OVER (PARTITION BY f.no, f.field ORDER BY f.moment) AS before
    FROM fact f JOIN base b ON b.no = f.no WHERE f.moment >= b.created AND f.moment < {UNTIL}
)
SELECT no, field, value, moment, first, lead(moment) OVER (PARTITION BY no, field ORDER BY moment) AS until
FROM logged WHERE first OR value IS DISTINCT FROM before
"""

SETS = f"""
CREATE OR REPLACE TEMP TABLE held AS
WITH one AS (
    SELECT no, 'label' AS field, labelled AS moment, NULL::BIGINT AS until, created,
        CASE theme WHEN 0 THEN 'strat-checkout' WHEN 3 THEN 'strat-onboarding' WHEN 6 THEN 'platform-work'
            WHEN 9 THEN 'mobile-redesign' END AS value
    FROM base WHERE theme IN (0, 3, 6, 9) AND (level = 1 OR kind < 70)
    UNION ALL SELECT no, 'label', created, NULL, created, 'strat-data' FROM base WHERE theme = 1 AND level = 1
    UNION ALL SELECT no, 'label', extra, CASE WHEN kind % 4 = 0 THEN done END, created, 'area-' || words % 40 FROM base
    UNION ALL SELECT no, 'component', created, NULL, created, CASE WHEN theme = 5 THEN 'Compliance' ELSE 'Part ' || words % 12 END
        FROM base WHERE linear = 0 AND (theme = 5 OR kind < 50)
    UNION ALL SELECT b.no, 'version', b.start, NULL, b.created, 'jira:version:' || team || ':' || m.no // 6
        FROM base b JOIN term m ON m.start = time_bucket(INTERVAL 14 DAY, make_timestamp(boxed), (SELECT min(start) FROM term))
        WHERE linear = 0 AND level = 0 AND kind % 5 = 0 AND boxed < {UNTIL}
    UNION ALL SELECT b.no, 'sprint', CASE WHEN n.range = 1 THEN epoch_us(m.start) + 14 * 86400000000
            WHEN planned = 1 THEN greatest(created + 1, epoch_us(m.start)) ELSE boxed END,
        NULL, b.created, 'jira:sprint:' || team || ':' || (m.no + n.range)
        FROM base b JOIN term m ON m.start = time_bucket(INTERVAL 14 DAY, make_timestamp(boxed), (SELECT min(start) FROM term))
        JOIN range(2) n ON n.range < b.more
        WHERE linear = 0 AND level = 0 AND boxed < {UNTIL}
)
SELECT no, field, value, moment, moment = created AS first, CASE WHEN until > moment AND until < {UNTIL} THEN until END AS until
FROM one WHERE moment < {UNTIL}
"""

SPANS = f"""
INSERT INTO spans
WITH both_kinds AS (
    SELECT no, field, value, moment, until FROM event UNION ALL SELECT no, field, value, moment, until FROM held
)
SELECT no, field, value, make_timestamp(moment), make_timestamp(until) FROM both_kinds
ORDER BY (no - 1) // {READ}, field, no, moment
"""

CHANGES = f"""
INSERT INTO changes
WITH logged AS (
    SELECT no, field, moment FROM event WHERE NOT first AND field <> 'phase'
    UNION ALL SELECT no, field, moment FROM held WHERE NOT first
    UNION ALL SELECT no, field, until FROM held WHERE until IS NOT NULL
)
SELECT e.no, (e.no::BIGINT * 100 + row_number() OVER (PARTITION BY e.no ORDER BY e.moment, e.field))::VARCHAR,
    make_timestamp(e.moment),
    pseudonym(CASE WHEN b.words % 4 = 0 THEN b.author ELSE b.person END), e.field
FROM logged e JOIN base b ON b.no = e.no
ORDER BY (e.no - 1) // {READ}, e.field, e.no, e.moment
"""

RELATIONS = f"""
INSERT INTO relations (source, target, type)
SELECT {KIND} || ':' || no, {KIND} || ':' || (no - 25), 'blocks' FROM base WHERE words % 50 = 0 AND no > 25
"""
