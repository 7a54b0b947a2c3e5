"""What people's words on links amount to at a moment: the last act on a target that was not taken back stands."""

from __future__ import annotations

KNOWN = """
WITH back AS (SELECT DISTINCT try_cast(choice AS INTEGER) AS act FROM decisions WHERE kind = 'undo' AND moment <= {at}),
known AS (
    SELECT d.* FROM decisions d ANTI JOIN back b ON b.act = d.act
    WHERE d.kind IN ('link', 'reject', 'auto') AND d.moment <= {at}
)"""
"""Every word on a link that was said by a moment and not taken back by then."""

NOW, EVER = "(SELECT as_of FROM moment)", "'infinity'::TIMESTAMP"
"""The board's moment, and all that was ever said."""

STANDS = f"""
{KNOWN}, placed AS (
    SELECT k.*, rank() OVER (PARTITION BY target ORDER BY moment DESC, coalesce(act, 0) DESC) AS place
    FROM known k WHERE kind = 'link'
), said AS (
    SELECT target, priority, sum(weight)::INTEGER AS weight, max(act) AS act, max(moment) AS moment,
        max(coalesce(reach, 'ticket')) AS reach, max(author) AS author, max(coalesce(reason, '')) AS reason
    FROM placed WHERE place = 1 GROUP BY target, priority
), denied AS (
    SELECT k.target, k.priority, NULL::INTEGER AS weight, max(k.act) AS act, max(k.moment) AS moment, 'ticket' AS reach,
        arg_max(k.author, k.no) AS author, arg_max(coalesce(k.reason, ''), k.no) AS reason
    FROM known k WHERE k.kind = 'reject' GROUP BY k.target, k.priority
)
SELECT 'link' AS kind, * FROM said
UNION ALL
SELECT 'reject', d.* FROM denied d ANTI JOIN said s ON s.target = d.target AND s.priority = d.priority
"""
"""One row a target and priority: ``link`` with its weight, or ``reject``. Rows of one target said in one act (before
acts had numbers: at one moment) are one decision. ``{at}`` is the moment; a rejection falls where its priority was linked anyway.
"""

DECIDED = f"""
CREATE OR REPLACE TEMP TABLE decided AS
WITH stands AS ({STANDS.format(at=NOW)})
SELECT target, priority, weight, reach, moment FROM stands WHERE kind = 'link'
"""

ANSWERS = f"""
{KNOWN}, said AS (
    SELECT act, moment, target, kind, priority, weight, json_extract_string(offered, '$.places[0].target') AS top,
        try_cast(json_extract_string(offered, '$.places[0].confidence') AS DOUBLE) AS confidence
    FROM known WHERE kind IN ('link', 'reject') AND act IS NOT NULL AND json_valid(offered)
), answer AS (
    SELECT target, top, act, moment, max(confidence) AS confidence, max(CASE
        WHEN kind = 'link' AND weight = 1000000 AND coalesce(priority, '') = top THEN 1 ELSE 0 END) AS taken
    FROM said WHERE top IS NOT NULL AND (kind = 'link' OR priority = top) GROUP BY target, top, act, moment
), last AS (
    SELECT *, row_number() OVER (PARTITION BY target, top ORDER BY moment DESC, act DESC) AS place FROM answer
)
SELECT target, top, confidence, taken FROM last WHERE place = 1
"""
"""One row a target and the likeliest suggestion it was decided under: how sure that was, and whether it was taken, whole."""

STANDS_ALONE = f"""
{KNOWN}, last AS (
    SELECT target, priority, row_number() OVER (PARTITION BY target ORDER BY act DESC) AS place FROM known WHERE kind = 'auto'
)
SELECT l.target, l.priority FROM last l
ANTI JOIN (SELECT target, priority FROM known WHERE kind = 'reject') r ON r.target = l.target AND r.priority = l.priority
WHERE l.place = 1
"""
"""What suggestions linked alone, and nobody took back or rejected; ``{{at}}`` is the moment."""

ALONE = f"CREATE OR REPLACE TEMP TABLE linked_alone AS {STANDS_ALONE.format(at=NOW)}"

ACTS = """
WITH words AS (
    SELECT act, min(no) AS no, max(moment) AS moment, max(author) AS author, kind, 
        CASE WHEN count(DISTINCT coalesce(reason, '')) = 1 THEN max(coalesce(reason, '')) ELSE 'several reasons' END AS reason,
        max(coalesce(reach, '')) AS reach, count(DISTINCT target) AS targets, list_sort(list(DISTINCT target))[1:20] AS named,
        list_sort(list(DISTINCT coalesce(priority, ''))) AS serves, max(CASE WHEN kind = 'undo' THEN choice END) AS undoes
    FROM decisions WHERE act IS NOT NULL AND kind IN ('link', 'reject', 'undo', 'auto') GROUP BY act, kind
), back AS (
    SELECT try_cast(choice AS INTEGER) AS act, min(act) AS by FROM decisions WHERE choice IS NOT NULL AND act IS NOT NULL
        AND kind IN ('link', 'reject', 'undo', 'auto') GROUP BY try_cast(choice AS INTEGER)
)
SELECT w.act, w.moment, w.author, w.kind, w.reason, w.reach, w.targets, w.named, w.serves, try_cast(w.undoes AS INTEGER) AS undoes,
    b.by AS undone_by
FROM words w LEFT JOIN back b ON b.act = w.act
"""
"""One row an act and kind of word; ``named`` are its first twenty targets, ``undone_by`` the act that took it back, if one did."""
