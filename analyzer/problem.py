"""A mistake in a user's file is data: where it stands, what is wrong, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to mend. ``line`` counts from 1; ``what`` and ``fix`` are one sentence each."""

    file: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {_sentence(self.what)} {_sentence(self.fix)}".rstrip()


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?" else text + "."
