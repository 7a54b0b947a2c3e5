"""Rows of our dataclasses become columns that DuckDB reads: moments in UTC without a zone, text that is valid UTF-8."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

MOMENTS = ("start", "end", "completed", "until", "created")
"""Columns that hold moments even where all of them are missing."""


def frame(rows: Sequence[Any], exclude: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows of one of our dataclasses as columns; unpaired surrogates in text are mended."""
    columns: dict[str, pd.Series[Any]] = {}
    for name in [n for n in type(rows[0]).__slots__ if n not in exclude]:
        values = [getattr(r, name) for r in rows]
        if any(isinstance(v, datetime) for v in values):
            moments = pd.to_datetime(pd.Series(values, dtype=object), utc=True)
            columns[name] = moments.dt.tz_localize(None).astype("datetime64[us]")
        elif name in MOMENTS:
            columns[name] = pd.Series([None] * len(values), dtype="datetime64[us]")
        else:
            columns[name] = pd.Series([_clean(v) for v in values], dtype=object)
    return pd.DataFrame(columns)


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value
