"""The documentation is current: generated parts, command lines, links and the data it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from docs import generate

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"""(?:\]\(|src="|srcset=")([^)"\s]+)""")
SHELL = ("console", "sh", "text")


def _named(page: Path) -> str:
    return page.name


def _blocks(page: Path, *languages: str) -> list[str]:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, kind, text in found if kind in languages]


def _command_lines(page: Path) -> list[str]:
    """Every ``alignment …`` line that a reader could type: in blocks, in examples of help texts, and in backticks."""
    text = page.read_text(encoding="utf-8")
    lines = [line.strip().removeprefix("$ ") for block in _blocks(page, *SHELL) for line in block.splitlines()]
    quoted = re.findall(r"`(alignment [^`]+)`", text)
    typed = [re.split(r"\s{3,}|\s#", line)[0] for line in [*lines, *quoted]]
    return [line for line in typed if re.match(r"alignment( -|\s+[a-z]+(\s|$))", line) and "/" not in line.split()[1]]


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_command_line_is_understood(page: Path) -> None:
    from alignment.cli import cli

    for line in _command_lines(page):
        name, *rest = shlex.split(line.split(" > ")[0])[1:]
        if name.startswith("-"):
            assert name in ("-h", "--help", "--version"), line
            continue
        command = cli.commands.get(name)
        assert command is not None, f"{page.name}: no command {name!r}: {line}"
        command.make_context(name, list(rest), parent=click.Context(cli, **cli.context_settings))


def test_the_pages_show_command_lines() -> None:
    shown = [line for page in PAGES for line in _command_lines(page)]
    assert {line.split()[1] for line in shown} >= {"demo", "pull", "check", "report"} and len(shown) > 20


@pytest.mark.parametrize("command", ["", "check", "demo", "pull", "report"])
def test_help_answers(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    from alignment.cli import cli, run

    assert run(lambda: cli.main([*command.split(), "--help"], standalone_mode=False)) == 0
    assert "Usage:" in capsys.readouterr().out


def test_every_command_has_its_help_in_the_docs() -> None:
    from alignment.cli import cli

    told = [name for name, _ in generate.helps()]
    assert told[0] == "alignment" and {f"alignment {name}" for name in cli.commands} <= set(told)
    link = cli.commands["link"]
    assert isinstance(link, click.Group)
    assert {f"alignment link {name}" for name in link.commands} <= set(told)
    assert len(told) == len(set(told)) == 1 + len(cli.commands) + len(link.commands)


def test_generated_parts_are_current() -> None:
    """One test for all pages: their parts are made together, and that takes seconds."""
    made = generate.parts()
    pages = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in made}
    stale = [name for name, page in pages.items() if page != generate.filled(page, made[name])]
    assert len(pages) > 4 and stale == [], "run: python -m docs.generate"


def test_every_table_of_the_store_is_told_and_no_other() -> None:
    told = re.findall(r"^\| `(\w+)` \|", generate.tables(), re.MULTILINE)
    assert sorted(told) == sorted(generate.ONE_ROW_IS)


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))):
        if not re.match(r"https?:|#", target):
            path, _, anchor = target.partition("#")
            assert (page.parent / path).exists(), f"{page.name}: {target}"
            assert not anchor or anchor in _anchors(page.parent / path), f"{page.name}: {target}"


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_no_page_names_a_machine_or_an_inner_address(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|work|root|Users)/|C:\\|index-url|://[\w.]*(localhost|\.internal|\.local)\b", text)


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_yaml_that_is_shown_is_valid(page: Path, tmp_path: Path) -> None:
    """A block is settings where it names trackers, a plan or policy where it begins so, else a strategy."""
    from alignment.settings import read_settings
    from analyzer.plan import read_plan
    from analyzer.policy import read_policy
    from analyzer.strategy_file import read_advice, read_strategies

    for text in _blocks(page, "yaml"):
        path = tmp_path / "file.yaml"
        path.write_text(text, encoding="utf-8")
        kinds = {"plan:": read_plan, "policy:": read_policy}
        kind = next((read for word, read in kinds.items() if text.startswith(word)), read_strategies)
        mistakes = (read_settings if "trackers:" in text else kind)(path)[1]
        assert not mistakes, f"{page.name}: {mistakes[0]}"
        if text.count("- id:") > 1:
            assert read_advice(path) == []


def test_pictures_are_small() -> None:
    assert [p.name for p in (ROOT / "docs" / "images").iterdir() if p.stat().st_size > 300_000] == []


def test_a_mistaken_command_line_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ alignment report --weak 2026-W46\n```\n", encoding="utf-8")
    with pytest.raises(click.NoSuchOption):
        test_every_command_line_is_understood(page)
