"""How far each team's mix of work lies from the one it declared, and how far the teams' mixes lie from each other."""

from __future__ import annotations

import numpy as np

from analyzer import mix_shapes, mixes, moving_effort, statistics, trend
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.declared_mixes import Cell, cells, named, would_move
from analyzer.judging import judgeable, not_judged, percent, span
from analyzer.mixes import Company, Mixes
from analyzer.privacy import ALL_TEAMS
from analyzer.result import Finding, Line, Meta, Move, Score, Series, Shape, Verdict
from analyzer.standing import names_of

META = Meta(
    id="team_divergence",
    title="Team divergence",
    question="Do teams work on what they said they would, or do they pull in different directions?",
    how=(
        "A team's mix is its effort of the judged weeks by what it served. Teams may differ: a mix is held against the one the "
        "strategy declares for that team (teams:), each share by the test of priority drift on the team's own effective tickets, "
        "all teams and priorities corrected together (Benjamini-Hochberg; signal at 0.05, watch at 0.20). Where no team's mix is "
        "declared, the mean distance of the teams' mixes from the company's is held against the same of earlier stretches of "
        "four weeks (t test; signal at 0.005, watch at 0.05); only teams that moved apart are a finding. Mixes are "
        "thinned to the same number of tickets first, because few tickets look far apart by chance."
    ),
    limits=(
        "A distance says nothing about who is right. The more teams declare a mix, the larger a shift must be to stand out: at "
        "20 tickets a week, 15 points are found within eight weeks in 84 of 100 cases with one team, in 75 with four, in 68 with "
        "twelve. Shares of teams with fewer than ten effective tickets are not judged; small teams are merged before they are "
        "shown. A team belongs to its tickets as the tracker or the settings say today."
    ),
    source="Total variation distance; Benjamini and Hochberg 1995; rarefaction after Hurlbert 1971.",
    formula=(
        "Declared: Σ over teams of effort × max(Σ over the upper ends, Σ under the lower ends) / Σ effort. Not declared: mean of "
        "½ Σ |team's share − company's share|, weighted by effort."
    ),
    needs=(
        "Effort in the window. For a verdict: teams: in the strategy, or two teams with ten effective tickets in the window and in "
        "five earlier stretches of four weeks."
    ),
)  # fmt: skip


def measure(board: Board) -> Finding:
    if reason := judgeable(board, board.options.basis):
        return not_judged(META, reason)
    company = board.once(mixes.company)
    if company is None:
        return not_judged(META, "No effort was seen in these weeks.")
    held = cells(board, company)
    details = [*mix_shapes.declared(board, held), mix_shapes.shares(board, company), *mix_shapes.apart(company)]
    missing = [t for low, t in named(board).items() if low not in {c.team.lower() for c in held}]
    gone = f" {', '.join(missing)} declared a mix, but no team is shown under that name." if missing else ""
    if any(c.verdict for c in held):
        return _against_declared(board, company, held, details, gone)
    large = [n for n, t in enumerate(company.teams) if company.now.n[n] >= statistics.LEAST and t != ALL_TEAMS]
    if len(large) < 2:
        reason = "Fewer than two teams have ten effective tickets in these weeks, so there is nothing to compare."
        return not_judged(META, reason + gone, details)
    return _against_past(board, company, large, details, gone)


def _against_declared(board: Board, company: Company, held: list[Cell], details: list[Shape], gone: str) -> Finding:
    names = {i: name for i, (name, _) in names_of(board).items()}
    verdict: Verdict = "signal" if held[0].verdict == "signal" else "watch" if held[0].verdict == "watch" else "noise"
    value = would_move(held, company)
    loud = [c for c in held if c.verdict == verdict][:3]
    said = [
        f"{c.team} gives {names.get(c.target, c.target)} {percent(c.share)} of its effort; {span(c.intended)} was declared"
        for c in loud
    ]
    sure = "" if verdict == "signal" else " It is worth watching, not yet sure."
    moved = f" About {percent(value)} of the effort of the teams that declared a mix would have to move."
    sentence = f"{'; '.join(said)}.{sure}{moved}"
    if verdict == "noise":
        sentence = "Every team keeps to the mix it declared, or strays no further than chance gives."
    since = min((c.since for c in loud if c.since is not None), default=None)
    return Finding(
        meta=META, verdict=verdict, value=value, sentence=sentence + gone, details=details,
        headline=f"{said[0]}." if verdict != "noise" else "Teams keep to the mix they declared.",
        since=None if verdict == "noise" or since is None else week_name(since),
        score=Score(value=round(100 * (1 - value), 1), arithmetic=f"100 − {100 * value:.1f}: percent that would have to move."),
        move=None if verdict == "noise" else _move(board, company, held, [c.team for c in loud]),
    )  # fmt: skip


def _move(board: Board, company: Company, held: list[Cell], loud: list[str]) -> Move | None:
    """Within each team that strays: what it declared no share for has no range."""
    names = {i: name for i, (name, _) in names_of(board).items()}
    teams, whole = {}, {}
    for team in dict.fromkeys(loud):
        at = company.teams.index(team)
        declared = {c.target: c.intended for c in held if c.team == team}
        found = {t: float(company.now.shares[at, n]) for n, t in enumerate(company.targets)} | {
            c.target: c.share for c in held if c.team == team
        }
        whole[team] = float(company.now.units[at])
        teams[team] = [
            moving_effort.Side(f"{team}|{t}", names.get(t, t), share, declared.get(t)) for t, share in found.items()
        ]
    return moving_effort.by_team(board, teams, whole)


def _against_past(board: Board, company: Company, large: list[int], details: list[Shape], gone: str) -> Finding:
    now, steady = company.now, [n for n in large if _steady(company, n)]
    value = float(_spread(now, large)(now.shares[None, large])[0])
    found = mixes.against_past(company.blocks, steady, _spread(now, steady)) if len(steady) > 1 else None
    if found is None:
        reason = "No team's mix is declared in the strategy (teams:), and too little of the past is known to say what is usual."
        return not_judged(META, f"{reason}{gone}", details, value)
    details.append(_over_time(board, found))
    verdict: Verdict = trend.verdict(found.p) if found.higher else "noise"  # type: ignore[assignment]
    far = f"On average a team's mix lies {percent(found.now)} from the company's; {percent(found.usual)} is usual here"
    words = {
        "signal": f"{far}. The teams have moved apart.",
        "watch": f"{far}. The teams may be moving apart; it is not yet sure.",
        "noise": f"{far}: the teams are no further apart than before.",
    }
    return Finding(
        meta=META, verdict=verdict, value=value, sentence=words[verdict] + gone, details=details, move=_nearer(found, verdict),
        headline="The teams have moved apart." if verdict != "noise" else "The teams are no further apart than before.",
    )  # fmt: skip


def _nearer(found: mixes.Against, verdict: Verdict) -> Move | None:
    """No range is declared, so what is usual is the end to come back to."""
    if verdict == "noise":
        return None
    back = found.now - found.usual
    return Move(
        sentence=f"Move {percent(back)} of effort from what a team does more than the others to what it does less, or declare each "
        f"team's mix (teams:): {percent(found.now)} − {percent(found.usual)} = {percent(back)} brings back what is usual here."
    )


def _over_time(board: Board, found: mixes.Against) -> Shape:
    values = found.past | found.recent
    blocks = sorted(values, key=lambda b: mixes.end(board, b))
    title = f"Mean distance of teams from the company's mix, {mixes.length(board)} weeks each"
    line = Line(id="distance", label="Distance", values=[round(values[b], 6) for b in blocks])
    return Series(
        id="over_time", title=title, unit="share", x=[week_name(mixes.end(board, b)) for b in blocks], lines=[line],
        note="All thinned to the same number of tickets; a point ends with the week named.",
    )  # fmt: skip


def _steady(company: Company, team: int) -> bool:
    known = [b for b, m in company.blocks.items() if b > 0 and m.n[team] >= statistics.LEAST]
    return len(known) >= trend.LEAST_BLOCKS


def _spread(now: Mixes, teams: list[int]) -> mixes.Statistic:
    """The mean distance from the mix of all these teams together, each weighted by its effort of today."""
    weight = now.units[teams] / now.units[teams].sum()

    def spread(drawn: statistics.Array) -> statistics.Array:
        middle = np.einsum("dtk,t->dk", drawn, weight)
        return np.asarray(mixes.distance(drawn, middle[:, None, :]) @ weight, dtype=np.float64)

    return spread
