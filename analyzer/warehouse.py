"""The tables of a store where a warehouse holds them, read through another engine: it stands where a report reads a store."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from analyzer.rows import Connection


class EngineFailed(Exception):
    """The engine could not be started, reached or kept; ``str()`` is one sentence and the fix."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """``engine`` is ``spark``, which starts as Spark's own configuration says, or the address of its master (``spark://host:7077``,
    ``yarn``, ``local[4]``). ``tables`` is a folder, an address (``s3a://…``) or the name of a schema. Read, and never written."""

    engine: str
    tables: str
    exported = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Raises EngineFailed, store_parquet.NotInLayout."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", FutureWarning
                )  # pandas is newer than it knows; none of its frames is used
                from analyzer.spark import tables
        except ImportError:
            raise EngineFailed(
                "Spark is not installed here. Install it beside this program: pip install 'alignment-analyzer[spark]'"
            ) from None
        with tables.said():
            spark = tables.started(self.engine)
            yield cast(Connection, tables.opened(spark, self.tables))
            tables.still_there(spark)
