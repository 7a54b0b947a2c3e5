"""Linear's two leaky buckets, requests and points, driven by the world's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(slots=True)
class Bucket:
    """Holds ``limit`` and leaks at ``limit / period``."""

    limit: int
    period: timedelta
    level: float = 0.0
    at: datetime | None = None

    def leak(self, now: datetime) -> None:
        passed = max((now - self.at).total_seconds(), 0.0) if self.at else 0.0
        self.level = max(0.0, self.level - passed * self.limit / self.period.total_seconds())
        self.at = now

    @property
    def remaining(self) -> int:
        return max(0, math.floor(self.limit - self.level + 1e-9))

    def fits(self, amount: float) -> bool:
        return self.level + amount <= self.limit + 1e-9


@dataclass(slots=True)
class Budget:
    """``requests`` and ``points`` per ``period``; ``refused`` counts what did not fit.

    ``X-RateLimit-*-Reset`` is one period after the answer: so it stood in the recorded conversation, though a leaky
    bucket has room again long before.
    """

    requests: int = 2_500
    points: int = 3_000_000
    period: timedelta = timedelta(hours=1)
    refused: int = 0
    _asked: Bucket = field(init=False)
    _spent: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._asked, self._spent = Bucket(self.requests, self.period), Bucket(self.points, self.period)

    def take(self, now: datetime, points: int) -> str:
        """Empty if it fits and is taken; else which bucket is full. What is refused costs nothing."""
        self._asked.leak(now)
        self._spent.leak(now)
        full = "requests" if not self._asked.fits(1) else "complexity points" if not self._spent.fits(points) else ""
        if full:
            self.refused += 1
        else:
            self._asked.level += 1
            self._spent.level += points
        return full

    def limit_of(self, full: str) -> int:
        return self.requests if full == "requests" else self.points

    def wait(self, now: datetime, points: int = 0) -> timedelta:
        """How long until one request of so many points fits again."""
        self._asked.leak(now)
        self._spent.leak(now)
        asked = (self._asked.level + 1 - self.requests) / self.requests
        spent = (self._spent.level + points - self.points) / self.points
        return self.period * max(asked, spent, 0.0)

    def reset(self, now: datetime) -> int:
        """Epoch milliseconds."""
        return round((now + self.period).timestamp() * 1000)

    def headers(self, now: datetime) -> dict[str, str]:
        reset = str(self.reset(now))
        return {
            "X-RateLimit-Requests-Limit": str(self.requests),
            "X-RateLimit-Requests-Remaining": str(self._asked.remaining),
            "X-RateLimit-Requests-Reset": reset,
            "X-RateLimit-Complexity-Limit": str(self.points),
            "X-RateLimit-Complexity-Remaining": str(self._spent.remaining),
            "X-RateLimit-Complexity-Reset": reset,
        }

    def status(self, now: datetime) -> dict[str, Any]:
        """The ``rateLimitStatus`` query."""
        shared = {"period": self.period.total_seconds() * 1000, "requestedAmount": 1, "reset": self.reset(now)}
        limits = [
            {"type": name, "allowedAmount": bucket.limit, "remainingAmount": bucket.remaining, **shared}
            for name, bucket in (("requests", self._asked), ("complexity", self._spent))
        ]
        return {"identifier": "api-key", "kind": "apiKey", "limits": limits}
