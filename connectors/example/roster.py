"""Eight teams, half of them in Jira and half in Linear, and the people in them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Tracker = Literal["jira", "linear"]


@dataclass(frozen=True, slots=True)
class Team:
    """``key`` is the Jira project key or the Linear team key; ``sprints`` says whether it plans in fortnights."""

    key: str
    name: str
    tracker: Tracker
    size: int
    sprints: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    team: str


TEAMS = (
    Team("PAY", "Payments", "jira", 9, sprints=True),
    Team("WEB", "Storefront", "jira", 8, sprints=True),
    Team("OPS", "Platform", "jira", 8),
    Team("DAT", "Data", "jira", 4),
    Team("ONB", "Onboarding", "linear", 9, sprints=True),
    Team("APP", "Mobile app", "linear", 8, sprints=True),
    Team("RET", "Returns", "linear", 7),
    Team("INT", "Internal tools", "linear", 7),
)
SMALL_TEAM = "DAT"

GIVEN = (
    "Aylin", "Bartosz", "Chiara", "Dagny", "Emeka", "Farida", "Gregor", "Hanneke", "Ilmari", "Jovana", "Kaspar",
    "Leocadia",
    "Mirza", "Nadezhda", "Oisín", "Paloma", "Quirin", "Rasmus", "Soledad", "Tadeusz", "Ursina", "Vikram", "Wanjiru",
    "Xaver",
    "Yildiz", "Zdravka", "Anneliese", "Benedikt", "Cosmin", "Dörte", "Eluned", "Fiorella",
)  # fmt: skip
FAMILY = (
    "Abendroth", "Brzezinski", "Castellanos", "Dombrowska", "Eriksen", "Fitzmaurice", "Grünwald", "Hakopian",
    "Iwanow",
    "Jørgensen", "Kowalczyk", "Lindqvist", "Marchetti", "Ndukwe", "Okonkwo", "Pfefferkorn", "Quintanilla",
    "Rautiainen",
    "Szymborski", "Thistlewood", "Ueberroth", "Vandersteen", "Wojciechowski", "Yamasaki", "Zeller", "Achterberg",
    "Bellweather",
)  # fmt: skip

AUTOMATION = "automation"
IMPORTER = "importer"
"""Accounts that are no person. Changes by ``AUTOMATION`` carry no author; ``IMPORTER`` is an ordinary account."""


def hire(rng: Random, people: int) -> tuple[tuple[Team, ...], tuple[Person, ...]]:
    """The teams at about the wished size (the small team stays at four) and everyone in them, the lead first."""
    rest = sum(team.size for team in TEAMS if team.key != SMALL_TEAM)
    scale = max(people - 4, 7) / rest
    teams = tuple(
        t if t.key == SMALL_TEAM else Team(t.key, t.name, t.tracker, max(1, round(t.size * scale)), t.sprints)
        for t in TEAMS
    )
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    chosen = iter(rng.sample(names, sum(team.size for team in teams)))
    return teams, tuple(
        Person(f"{team.key.lower()}-{n + 1}", next(chosen), team.key) for team in teams for n in range(team.size)
    )
