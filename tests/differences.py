"""Where two reports differ, part by part."""

from __future__ import annotations

import json
from typing import Any

from analyzer.result import Result


def reports(then: Result, now: Result) -> list[str]:
    """One line a difference, with the measure it is in."""
    return differences(_told(then), _told(now))


def _told(result: Result) -> dict[str, Any]:
    report = json.loads(result.model_dump_json())
    return {**report, "findings": [f["meta"]["id"] for f in report["findings"]]} | {
        f["meta"]["id"]: f for f in report["findings"]
    }


def differences(then: Any, now: Any, path: str = "", within: float = 0.0) -> list[str]:
    """Numbers may differ by ``within``, of their size where they are larger than 1."""
    if isinstance(then, dict) and isinstance(now, dict):
        keys = sorted({*then, *now})
        return [d for k in keys for d in differences(then.get(k), now.get(k), f"{path}/{k}", within)]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [d for n, (a, b) in pairs for d in differences(a, b, f"{path}/{n}", within)]
    if isinstance(then, float) and isinstance(now, float) and abs(then - now) <= within * max(1.0, abs(then)):
        return []
    return [] if then == now else [f"{path}: {then} -> {now}"]
