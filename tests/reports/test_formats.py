"""Every format draws every Result, changes nothing in it, and draws it the same way twice."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from analyzer.result import SCHEMA_VERSION, Result, json_schema
from reports import FORMATS, Format
from reports import SCHEMA_VERSION as DRAWN
from tests.reports import sample

RESULTS = (sample.company, sample.empty, sample.calm)


@pytest.mark.parametrize("build", RESULTS)
def test_the_samples_are_results(build: Callable[[], Any]) -> None:
    drawn = Result.model_validate(build()).model_dump(mode="json")
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(drawn, json_schema())


@pytest.mark.parametrize("build", RESULTS)
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_every_format_draws_every_result(form: Format, build: Callable[[], Any]) -> None:
    result = build()
    before = copy.deepcopy(result)
    files = form.files(result, "report")
    assert files and all(text and text.endswith(("\n", ">")) for text in files.values())
    assert all(name.startswith("report") and name.endswith(f".{form.extension}") for name in files)
    assert result == before


@pytest.mark.parametrize("form", [form for form in FORMATS if form.id != "html"], ids=lambda form: form.id)
def test_the_same_result_gives_the_same_text(form: Format) -> None:
    assert form.render(sample.company()) == form.render(sample.company())


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_unprintable_text_does_not_stop_a_format(form: Format) -> None:
    result = sample.empty() | {"headline": "\x00\ud800\x1b[31m\u202etxt.exe\uffff", "organisation": "a\x0bb"}
    for text in form.files(result, "report").values():
        if form.id != "json":
            text.encode()
            assert "\x00" not in text and "\u202e" not in text


def test_a_result_of_another_version_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="alignment-result/9"):
        FORMATS[0].render(sample.empty() | {"schema_version": "alignment-result/9"})


def test_the_version_drawn_is_the_version_written() -> None:
    assert DRAWN == SCHEMA_VERSION


def test_importing_reports_is_light() -> None:
    heavy = "import sys, reports; print([name for name in ('jinja2', 'vl_convert') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
