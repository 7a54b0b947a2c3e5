"""How the teams' work divides among intentions: the company's shares, tilted by team, and noisy from week to week."""

from __future__ import annotations

from random import Random

from connectors.example.roster import Team
from connectors.example.words import ONBOARDING, UNLINKED, UPKEEP

Mix = dict[str, float]

DRIFT_WEEK = 31
"""The first week of the drift; the strategy of the second half applies from week 21."""

COMPANY: tuple[tuple[int, Mix], ...] = (
    (
        1,
        {
            "fast-checkout": 0.28,
            "loyalty-points": 0.16,
            "trusted-data": 0.13,
            "easy-returns": 0.13,
            UPKEEP: 0.20,
            UNLINKED: 0.10,
        },
    ),
    (
        21,
        {
            "fast-checkout": 0.33,
            "trusted-data": 0.15,
            "easy-returns": 0.17,
            ONBOARDING: 0.04,
            UPKEEP: 0.22,
            UNLINKED: 0.09,
        },
    ),
    (
        DRIFT_WEEK,
        {
            "fast-checkout": 0.17,
            "trusted-data": 0.14,
            "easy-returns": 0.14,
            ONBOARDING: 0.04,
            UPKEEP: 0.33,
            UNLINKED: 0.18,
        },
    ),
)
"""From which week, and the share of all work; each sums to 1."""

CALM: tuple[tuple[int, Mix], ...] = (
    (1, {"fast-checkout": 0.33, "trusted-data": 0.15, "easy-returns": 0.21, UPKEEP: 0.22, UNLINKED: 0.09}),
)
"""Where nothing is planted, one mix holds from the first week to the last."""

TILT: dict[str, Mix] = {
    "PAY": {"fast-checkout": 3.0, "loyalty-points": 2.0, ONBOARDING: 0.0},
    "WEB": {"fast-checkout": 2.0, "easy-returns": 1.2, UNLINKED: 1.2, ONBOARDING: 0.0},
    "OPS": {UPKEEP: 2.5, "trusted-data": 1.2, ONBOARDING: 0.0},
    "DAT": {"trusted-data": 5.0, ONBOARDING: 0.0},
    "ONB": {"loyalty-points": 2.0},
    "APP": {"fast-checkout": 1.5, "loyalty-points": 1.5, UNLINKED: 1.4, ONBOARDING: 0.0},
    "RET": {"easy-returns": 5.0, ONBOARDING: 0.0},
    "INT": {UPKEEP: 1.3, "trusted-data": 2.0, ONBOARDING: 0.0},
}

CONCENTRATION = 19.0
"""A Dirichlet with this sum of weights has an intra-class correlation of 1 / (1 + 19) = 0.05."""


def team_mixes(teams: tuple[Team, ...], company: Mix) -> dict[str, Mix]:
    """Each team's own mix such that together they make the company's (iterative proportional fitting)."""
    people = sum(team.size for team in teams)
    cells = {
        team.key: {intent: share * TILT[team.key].get(intent, 1.0) for intent, share in company.items()}
        for team in teams
    }
    for _ in range(60):
        for intent, share in company.items():
            got = sum(cells[team.key][intent] * team.size for team in teams) / people
            for team in teams:
                cells[team.key][intent] *= share / got
        for mix in cells.values():
            total = sum(mix.values())
            mix.update({intent: value / total for intent, value in mix.items()})
    return cells


def weekly_mixes(
    rng: Random, teams: tuple[Team, ...], weeks: int, phases: tuple[tuple[int, Mix], ...] = COMPANY
) -> dict[tuple[str, int], Mix]:
    """(team, week from 1) → its mix in that week, drawn around the team's own."""
    drawn: dict[tuple[str, int], Mix] = {}
    for at, (first, company) in enumerate(phases):
        last = phases[at + 1][0] - 1 if at + 1 < len(phases) else weeks
        own = team_mixes(teams, company)
        phase = range(first, min(last, weeks) + 1)
        for team in teams:
            draws = _settled([_dirichlet(rng, own[team.key]) for _ in phase], own[team.key])
            drawn |= {(team.key, week): draw for week, draw in zip(phase, draws, strict=True)}
    return drawn


def _settled(draws: list[Mix], own: Mix) -> list[Mix]:
    """The same ups and downs around exactly the team's own mix, so that the plan is not lost in its weekly noise."""
    for _ in range(20):
        mean = {intent: sum(draw[intent] for draw in draws) / len(draws) for intent in own} if draws else {}
        scaled = [
            {intent: draw[intent] * own[intent] / mean[intent] if own[intent] else 0.0 for intent in own}
            for draw in draws
        ]
        draws = [{intent: value / sum(draw.values()) for intent, value in draw.items()} for draw in scaled]
    return draws


def _dirichlet(rng: Random, mix: Mix) -> Mix:
    draws = {
        intent: rng.gammavariate(share * CONCENTRATION, 1.0) if share > 0 else 0.0 for intent, share in mix.items()
    }
    total = sum(draws.values())
    return {intent: draw / total for intent, draw in draws.items()}
