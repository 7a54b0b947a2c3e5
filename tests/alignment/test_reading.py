"""How much memory an analysis may hold: by the size of the store, within what the machine has, or as the settings ask."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alignment.errors import MENDABLE
from alignment.reading import analysed, limit
from alignment.settings import read_settings
from alignment.telling import told
from analyzer.store import Store

GB = 10**9


@pytest.mark.parametrize(
    ("size", "machine", "held"),
    [(10**6, 16 * GB, "1200MB"), (4 * GB, 16 * GB, "8000MB"), (40 * GB, 16 * GB, "11200MB"), (10**6, GB, "700MB")],
)
def test_it_grows_with_the_store_and_leaves_the_machine_room(
    tmp_path: Path, size: int, machine: int, held: str
) -> None:
    store = tmp_path / "q.duckdb"
    with store.open("wb") as file:
        os.truncate(file.fileno(), size)  # a hole: it takes no disk
    assert limit(store, machine=machine) == held
    assert limit(store, "3GB", machine) == "3GB"


def test_the_settings_ask_for_it(tmp_path: Path) -> None:
    file = tmp_path / "alignment.yaml"
    file.write_text("trackers: [{name: jira, kind: file, path: x.json}]\nmemory: 1.5 gb\n", encoding="utf-8")
    settings, mistakes = read_settings(file)
    assert settings is not None and not mistakes
    with analysed(settings).reading() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchall() == [("1.3 GiB",)]
    file.write_text("trackers: [{name: jira, kind: file, path: x.json}]\nmemory: much\n", encoding="utf-8")
    (mistake,) = read_settings(file)[1]
    assert "'much' is no size" in str(mistake) and "Write e.g. 4 GB" in str(mistake)


def test_what_it_holds_is_kept_until_the_end_unless_the_machine_has_less(tmp_path: Path) -> None:
    kept = "SELECT current_setting('block_allocator_memory')"
    with Store(tmp_path / "q.duckdb", memory_limit="200MiB").reading() as con:
        assert con.execute(kept).fetchall() == [("200.0 MiB",)]
    with Store(tmp_path / "q.duckdb", memory_limit="4000GiB").reading() as con:
        assert con.execute(kept).fetchall() == [("0 bytes",)]
    with Store(tmp_path / "q.duckdb").reading() as con:
        assert con.execute(kept).fetchall() == [("0 bytes",)]


def test_too_little_is_one_sentence_and_the_setting_to_change(tmp_path: Path) -> None:
    with Store(tmp_path / "q.duckdb", memory_limit="10MB").reading() as con, pytest.raises(Exception) as ran_out:
        con.execute("SET temp_directory = ''")
        con.execute("CREATE TEMP TABLE t AS SELECT range AS n, hash(range)::VARCHAR AS v FROM range(5000000)")
    code, (said,) = told(ran_out.value)
    assert code == MENDABLE and "memory: 8 GB" in said
