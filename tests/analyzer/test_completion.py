"""Texts are read for their finish line as people read them: on hand-labelled texts of real archives, and on known traps."""

from __future__ import annotations

import gzip
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from alignment.errors import Mistakes
from alignment.settings import Settings
from alignment.wiring import options
from analyzer import statistics, underway
from analyzer.completion import Reader, shipped
from analyzer.located_yaml import load
from analyzer.measures.vague_done import META
from analyzer.wordlist import WordList, read_words
from connectors.jira.document import plain

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = {"duraspace-jira": "*.jsonl.gz", "tidev-jira": "*.jsonl.xz"}
LABELS = Path(__file__).parent / "done_labels.yaml"


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("95% of checkouts finish within 1.5 s for two weeks.", {"threshold"}),
        ("A return costs 7 euros in handling, averaged over a month.", {"threshold"}),
        ("Every report agrees with the ledger.", {"measure"}),
        ("Every report is better.", set()),
        ("Live by 2026-12-01.", {"date"}),
        ("Seen on the page of numbers.", {"evidence"}),
        ("Ship version 2.1 of PAY-12 for iOS 12.", set()),  # numbers that are no threshold
        ("The cataloguing is supported.", set()),  # not vague either: all, support and log stand inside words
        ("Bis 2026-12-01 antworten wir auf 95 % der Anfragen in 2 Sekunden.", {"threshold", "date"}),
    ],
)
def test_what_can_be_observed_in_a_stated_finish_line(text: str, signs: set[str]) -> None:
    assert set(shipped().read(text, stated=True).signs) == signs


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("It takes 2 seconds today with SDK 7.4.0, API level 23.", set()),
        ("Phones are EOL'd by Microsoft at the end of 2019.", set()),
        ("var a = {width: '90%'}; for (i = 0; i < 200; i++)", set()),
        ("Payments fail in at most 2 % of cases.", {"threshold"}),
        ("The first draft is due by the end of June 2027.", {"date"}),
        ("AC:\nNo warning is logged.", {"criteria"}),
        ("*Expected Result*\nIt opens.", {"criteria"}),
        ("Given a guest, when they pay, then a receipt is sent.", {"criteria"}),
        ("Akzeptanzkriterien:\n- Gäste können zahlen", {"criteria"}),
    ],
)
def test_what_can_be_observed_in_a_description(text: str, signs: set[str]) -> None:
    assert set(shipped().read(text).signs) == signs


def test_vague_words_have_their_place_and_stand_neither_inside_words_nor_in_addresses_and_code() -> None:
    text = "A goodbye page.\r\nBetter, see https://x.example/better/page or /support/a.\n{code}\nimprove()\n{code}\nWe IMPROVE it."
    assert [str(v) for v in shipped().read(text).vague] == ["“Better” (2:1)", "“IMPROVE” (6:4)"]


def test_lists_of_work_are_told_from_steps_reasons_and_nested_parts() -> None:
    text = "\n".join([
        "h3. Steps to reproduce:", "# open it", "# press it", "Benefits:", "* nicer", "We deliver:", "* a page", "** its head",
        "* [x] a box", "- [ ] a form", "2) a letter", "# Heading of Markdown", "", "- what about this?", "- https://x.example/a",
    ])  # fmt: skip
    assert shipped().read(text).listed == ("a page", "a form", "a letter")


def test_a_text_without_end_is_read_in_time() -> None:
    for unit in ("at least ", "- a\n", "given when then ", "[", "*a", "{code} ", "make sure a "):
        shipped().read(unit * 40_000)


def test_users_add_words_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("vague: [synergi*]\n", encoding="utf-8")
    words, mistakes = read_words(file)
    assert isinstance(words, WordList) and not mistakes
    assert [v.words for v in Reader([words]).read("Synergies arise.").vague] == ["Synergies"]
    file.write_text("vage: [synergi*]\n", encoding="utf-8")
    assert [m.line for m in read_words(file)[1]] == [1]


def _labels() -> list[dict[str, Any]]:
    group, mistakes = load(LABELS)
    assert group is not None and not mistakes
    return list(group["labels"])


@cache
def _texts() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Body of each labelled ticket by key, and titles of the children of epics whose lists were labelled."""
    wanted = {one["key"] for one in _labels()}
    asked = {one["key"] for one in _labels() if "without" in one}
    bodies: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    asked_for = re.compile("|".join(f'"{re.escape(key)}"' for key in sorted(wanted)))
    for folder, pattern in FILES.items():
        files = sorted((DATA / folder).glob(pattern))
        if not files:
            pytest.skip(f"the archive {folder} is not at {DATA}")
        for file in files:
            opened: Any = {".gz": gzip, ".xz": lzma}[file.suffix]
            with opened.open(file, "rt", encoding="utf-8") as lines:
                for issue in (json.loads(line) for line in lines if asked_for.search(line)):
                    fields = issue["fields"]
                    if issue["key"] in wanted:
                        bodies[issue["key"]] = plain(fields.get("description") or "")
                    if isinstance(fields.get("epic"), dict) and fields["epic"].get("key") in asked:
                        children.setdefault(fields["epic"]["key"], []).append(str(fields["summary"]))
    return bodies, children


def _pairs() -> Iterator[tuple[bool, bool, dict[str, Any]]]:
    bodies, _ = _texts()
    for one in _labels():
        yield one["observable"], shipped().read(bodies[one["key"]]).observable, one


def test_precision_and_recall_on_labelled_texts_are_what_the_measure_says() -> None:
    pairs = list(_pairs())
    assert len(pairs) >= 120
    for half in (pairs, [p for p in pairs if zlib.crc32(p[2]["key"].encode()) % 2]):
        found = sum(says for _, says, _ in half)
        there = sum(true for true, _, _ in half)
        right = sum(true and says for true, says, _ in half)
        assert right / found >= 0.7 and right / there >= 0.7
        if half is pairs:
            for part, whole in ((right, found), (right, there)):
                low, high = (round(100 * v) for v in statistics.wilson(part / whole, whole))
                assert f"{part} of {whole} ({low}–{high}\u00a0%)" in META.limits


def test_listed_pieces_and_vague_words_of_labelled_texts_are_found() -> None:
    bodies, _ = _texts()
    counts = [(len(shipped().read(bodies[o["key"]]).listed), o.get("listed", 0)) for o in _labels()]
    found, there = (sum(c[i] for c in counts) for i in (0, 1))
    right = sum(min(c) for c in counts)
    assert f"listed pieces at {right} of {found} found and {there} there" in META.limits
    said = noted = 0
    for one in _labels():
        quoted = [v.words.lower() for v in shipped().read(bodies[one["key"]]).vague]
        noted += len(one.get("vague", []))
        said += sum(any(w in q or q in w for q in quoted) for w in one.get("vague", []))
    assert f"{said} of {noted} words noted" in META.limits


def test_pieces_without_a_ticket_are_told_on_real_epics() -> None:
    bodies, children = _texts()
    called = right = there = 0
    for one in (o for o in _labels() if "without" in o):
        for n, piece in enumerate(shipped().read(bodies[one["key"]]).listed[: one["listed"]], start=1):
            mine = underway.words(piece)
            best = max(2 * len(mine & w) / (len(mine) + len(w)) for w in map(underway.words, children[one["key"]]))
            missing = best < underway.ALIKE and not underway.KEY.search(piece)
            called, right = called + missing, right + (missing and n in one["without"])
        there += len(one["without"])
    assert f"{right} of {called} called without a ticket have none, of {there} there" in META.limits
    assert right / called > 0.7


def test_the_settings_name_words_of_the_user_and_their_mistakes_are_told(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("vague: [synergi*]\n", encoding="utf-8")
    made = {"vague_words": "words.yaml", "trackers": [{"name": "jira", "kind": "example-jira"}]}
    settings = Settings.model_validate(made, context={"folder": tmp_path})
    assert [v.words for v in options(settings).reader.read("Better synergies.").vague] == ["Better", "synergies"]
    (tmp_path / "words.yaml").write_text("vague: nonsense: 1\n", encoding="utf-8")
    with pytest.raises(Mistakes):
        options(settings)
