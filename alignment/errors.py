"""What can go wrong for a user: one sentence, then what to do, and the exit code that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.problem import Mistake

FINE, MENDABLE, USAGE, GATE, COME_BACK, OUR_BUG = range(6)


class Mend(Exception):
    """The user can mend it; ``fix`` says how."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what, self.fix = what, fix


class Mistakes(Exception):
    """Mistakes in the user's files, all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(m) for m in mistakes))
        self.mistakes = list(mistakes)
