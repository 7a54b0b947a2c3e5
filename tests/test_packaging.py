"""What is installed is what is in the folders, nothing else owns our names, and no file names a machine or a registry."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("alignment", "analyzer", "connectors", "reports")
NAME = "alignment-analyzer"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files that git knows, and those it would: new and not ignored."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is no git checkout")
    return [path for line in done.stdout.splitlines() if (path := ROOT / line).is_file()]


def test_packages_are_the_folders_with_an_init(project: dict[str, Any]) -> None:
    found = {p.parent.relative_to(ROOT) for package in OURS for p in (ROOT / package).rglob("__init__.py")}
    listed = project["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(".".join(p.parts) for p in found)
    with_code = {p.parent.relative_to(ROOT) for package in OURS for p in (ROOT / package).rglob("*.py")}
    assert with_code == found, "a folder with code and no __init__.py would not be installed"


def test_everything_that_is_no_code_is_package_data(project: dict[str, Any], tracked: list[Path]) -> None:
    data = project["tool"]["setuptools"]["package-data"]
    patterns = [f"{package.replace('.', '/')}/{pattern}" for package, listed in data.items() for pattern in listed]
    files = [p.relative_to(ROOT).as_posix() for p in tracked if p.suffix != ".py"]
    needed = [f for f in files if f.split("/")[0] in OURS]
    assert [f for f in needed if not any(fnmatch.fnmatch(f, p) for p in patterns)] == []
    assert [p for p in patterns if not fnmatch.filter(needed, p)] == [], "a pattern that matches nothing"


def test_nothing_else_owns_our_names() -> None:
    try:
        importlib.metadata.distribution(NAME)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{NAME} is not installed here; nothing can be said about who else is")
    owners = importlib.metadata.packages_distributions()
    assert {name: sorted(set(owners.get(name, [NAME]))) for name in OURS} == {name: [NAME] for name in OURS}


def test_the_command_is_there(project: dict[str, Any]) -> None:
    module, _, function = project["project"]["scripts"]["alignment"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_what_is_imported_is_required(project: dict[str, Any]) -> None:
    wanted = {re.split(r"[\[<>=]", line)[0].lower() for line in project["project"]["dependencies"]}
    pinned = {line.split("==")[0].lower() for line in _constraints()}
    extra = {re.split(r"[\[<>=]", line)[0].lower() for line in project["project"]["optional-dependencies"]["dev"]}
    assert wanted | extra <= pinned, "constraints.txt names the version that was tested of each"


def test_constraints_are_versions_and_no_addresses() -> None:
    assert _constraints()
    assert [line for line in _constraints() if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


def _constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


REGISTRY = (
    r"(?:index-url|find-links|trusted-host)[ =]+\S*\w\.\w|https?://[^\s/'\"]*(?:pypi|artifactory|nexus|mirror|registry)"
)
MACHINE = (
    r"(?:/(?:home|Users|root|work)/\w+|/tmp/(?!acme\b)\w+|"
    r"(?<![\w.])(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b)"
)


def test_no_file_names_a_registry_or_a_machine(tracked: list[Path]) -> None:
    wrong = []
    for path in tracked:
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(ROOT).as_posix()
        wrong += [f"{name}: {found[0]}" for found in re.finditer(f"{REGISTRY}|{MACHINE}", text)]
    assert len(tracked) > 100 and wrong == []


def test_no_store_and_no_key_is_tracked(tracked: list[Path]) -> None:
    assert [p.name for p in tracked if p.suffix in (".duckdb", ".wal", ".key", ".pyc")] == []
