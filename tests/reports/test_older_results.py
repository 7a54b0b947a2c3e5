"""A Result that an earlier version of the program stored still draws, in every format and every message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports import FORMATS, email, line, slack, story, teams

OLD = Path(__file__).parent / "result_of_november_2026.json"
"""The made-up company's report as the program of 24 November 2026 froze it, cut to four findings: no ``decide``, ``changed``,
``previous`` or moves yet."""


@pytest.fixture
def old() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(OLD.read_text(encoding="utf-8"))
    assert not {"decide", "changed", "previous", "slice"} & set(result)
    return result


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_every_format_draws_it(form: Any, old: dict[str, Any]) -> None:
    drawn = form.files(old, "old")
    text = "\n".join(drawn.values()).replace("\N{NO-BREAK SPACE}", " ")
    assert "Faster checkout gets" in text or form.id == "csv"
    assert "Faster checkout" in text and "Self-serve onboarding" in text


def test_what_to_decide_is_its_findings(old: dict[str, Any]) -> None:
    decide = story.to_decide(old)
    assert [one["measure"] for one in decide] == ["priority_drift", "scope_creep", "missed_rhythm"]
    assert all(one["move"] == "" for one in decide) and story.changed(old) is None


def test_every_message_tells_it(old: dict[str, Any]) -> None:
    told = [str(email.message(old)), str(slack.message(old)), str(teams.message(old)), line.render(old)]
    assert all("Faster checkout" in text.replace("=\n", "").replace("\\xa0", " ") for text in told)
