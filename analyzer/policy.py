"""Rules of what must be known of work before it is in progress: small, typed, and checked as of the day it started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from analyzer.located_yaml import Placed, load, validate
from analyzer.plain_words import wrong
from analyzer.problem import Mistake
from analyzer.written import Day, Filled

Word = Literal["lead", "owner", "initiative", "target_date", "description", "estimate", "parent"]
KNOWN: dict[str, tuple[str, ...]] = {
    "project": ("lead", "initiative", "target_date", "description"),
    "initiative": ("owner", "target_date", "description"),
    "epic": ("owner", "target_date", "description", "parent"),
    "ticket": ("owner", "target_date", "description", "estimate", "parent"),
}
"""What each kind of work can have."""


class PolicyRule(Placed):
    """Nothing of a kind is in progress without some of what it ought to have."""

    no: Literal["project", "initiative", "epic", "ticket"] = Field(
        description="What the rule is for.", examples=["project"]
    )
    in_progress_without: tuple[Word, ...] = Field(
        min_length=1,
        description="What must have been there on the day its work started. A project: lead, initiative, target_date, description; "
        "an initiative: owner, target_date, description; an epic or ticket: owner, target_date, description, parent (a "
        "ticket also: estimate).",
        examples=[["lead", "initiative", "target_date"]],
    )
    started_since: Day | None = Field(
        default=None, description="Only for what started on that day or later.", examples=["2026-07-01"]
    )

    @model_validator(mode="after")
    def _can_have_it(self) -> Self:
        for word in self.in_progress_without:
            if word not in KNOWN[self.no]:
                known = ", ".join(KNOWN[self.no])
                raise wrong(f"asks a {self.no} for {word}, which it does not have", f"Write some of: {known}")
        return self

    def __str__(self) -> str:
        return f"no {self.no} in progress without {', '.join(w.replace('_', ' ') for w in self.in_progress_without)}"


class Policy(Placed):
    """The policy file."""

    policy: Filled = Field(default="Policy", description="Name of the policy.", examples=["What may start here"])
    rules: tuple[PolicyRule, ...] = Field(
        min_length=1,
        description="The rules; each that is broken fails the gate.",
        examples=[[{"no": "project", "in_progress_without": ["lead", "initiative", "target_date"]}]],
    )


def read_policy(path: Path) -> tuple[Policy | None, list[Mistake]]:
    """The policy, or None and every mistake in the file with its line."""
    group, mistakes = load(path, path.name)
    if group is None:
        return None, mistakes
    policy, more = validate(group, Policy)
    mistakes = sorted({*mistakes, *more})
    return (None if mistakes else policy), mistakes


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the file as people write it, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
