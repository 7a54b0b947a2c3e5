"""Boards that tests draw: a company in the docstring, a strategy in the call, the moment passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from analyzer.board import Board, Options
from analyzer.store import Connection, Store
from tests.analyzer import drawn


class MakeBoard(Protocol):
    """Strategies as YAML texts; ``text`` stands in for the docstring; ``decisions`` are (target, priority, weight); ``prepare`` may
    put more into the store."""

    def __call__(
        self, *strategies: str, text: str | None = None, as_of: datetime = drawn.AS_OF,
        decisions: Sequence[tuple[str, str | None, int]] = (), prepare: Callable[[Connection], object] = lambda _con: None,
        **options: Any,
    ) -> Board: ...  # fmt: skip


@pytest.fixture
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeBoard]:
    """Makes a board of the company that the test's docstring draws."""
    with ExitStack() as stack:

        def make(
            *strategies: str, text: str | None = None, as_of: datetime = drawn.AS_OF,
            decisions: Sequence[tuple[str, str | None, int]] = (), prepare: Callable[[Connection], object] = lambda _con: None,
            **options: Any,
        ) -> Board:  # fmt: skip
            number = len(list(tmp_path.glob("*.duckdb")))
            store = Store(tmp_path / f"{number}.duckdb")
            with store.writing() as con:
                drawn.save(con, text if text is not None else request.function.__doc__ or "")
                for target, priority, weight in decisions:
                    con.execute(
                        "INSERT INTO decisions (moment, author, target, priority, weight, reason) VALUES (?, 'test', ?, ?, ?, '')",
                        [drawn.at("2026-01-01").replace(tzinfo=None), target, priority, weight],
                    )
                prepare(con)
            made = drawn.strategies(tmp_path / f"strategy-{number}", *strategies)
            return Board(stack.enter_context(store.reading()), made, Options(**options), as_of)

        yield make
