"""The same report by DuckDB and by Spark, on a cluster of two workers on this machine: where they differ, and the seconds of each.

Run as ``python -m benchmarks.engines [data folder]``: the made-up company, and the archives of ``docs/examples`` if they are there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from alignment.demo import AS_OF, set_up
from docs import audit
from tests.alignment.cluster import cluster
from tests.alignment.engines import by_both, command


@contextmanager
def made_up() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        set_up(Path(name))
        yield Path(name)


def companies(data: Path | None) -> Iterator[tuple[str, AbstractContextManager[Path], str]]:
    """What is compared: its name, its folder to enter, the day it is looked at."""
    yield "made-up company", made_up(), AS_OF
    if data is not None:
        first = audit.example(audit.EXAMPLE, data / "duraspace-jira", audit.FILES)
        second = audit.example(audit.SECOND, data / "tidev-jira", audit.SECOND_FILES)
        yield "DuraSpace, two projects", first, "2010-07-04"
        yield (
            "DuraSpace, half a year later",
            audit.example(audit.EXAMPLE, data / "duraspace-jira", audit.FILES),
            "2011-01-02",
        )
        yield "Titanium, three projects", second, "2017-12-31"


def main(arguments: list[str]) -> int:
    wrong = 0
    print(f"{'':<32}{'findings':>9}{'differences':>13}{'DuckDB s':>10}{'Spark s':>9}")
    with tempfile.TemporaryDirectory() as name, cluster(Path(name)) as master:
        for words, entered, as_of in companies(Path(arguments[0]) if arguments else None):
            with entered as folder:
                command(folder, "pull")
                both = by_both(folder, master, as_of)
            found = both.differences()
            wrong += len(found)
            judged = sum(f["verdict"] not in ("not_judged", "error") for f in both.spark["findings"])
            print(f"{words:<32}{judged:>9}{len(found):>13}{both.seconds[0]:>10.1f}{both.seconds[1]:>9.1f}", flush=True)
            for line in found[:5]:
                print(f"  {line[:120]}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
