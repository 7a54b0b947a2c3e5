"""A digest of a week is sent to the targets that the settings name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from analyzer.located_yaml import Placed
from analyzer.problem import Mistake
from analyzer.written import Slug


class Target(Placed):
    """One place that gets the digest."""

    name: Slug = Field(description="Short name.", examples=["leads"])
    kind: Literal["folder"] = Field(description="What it is.", examples=["folder"])
    path: Path = Field(description="The folder.", examples=["shared/reports"])


@dataclass(frozen=True)
class Digest:
    """``period`` is a week, e.g. 2026-W47; ``files`` are by format; ``link`` is where the report can be opened, or empty."""

    period: str
    result: dict[str, Any]
    files: Mapping[str, Path]
    link: str = ""


class NotDelivered(Exception):
    """``again``: it may go better at another time."""

    def __init__(self, message: str, again: bool) -> None:
        super().__init__(message)
        self.again = again


def send(target: Target, digest: Digest, environment: Mapping[str, str]) -> str:
    """What was done, in a few words. Raises NotDelivered."""
    target.path.mkdir(parents=True, exist_ok=True)
    (target.path / f"{digest.period}.json").write_text(json.dumps(digest.result), encoding="utf-8")
    return f"{digest.period}.json"


def check(target: Target, environment: Mapping[str, str]) -> list[Mistake]:
    return []
