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


def differences(then: Any, now: Any, path: str = "") -> list[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        return [d for k in sorted({*then, *now}) for d in differences(then.get(k), now.get(k), f"{path}/{k}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [d for n, (a, b) in enumerate(zip(then, now, strict=True)) for d in differences(a, b, f"{path}/{n}")]
    return [] if then == now else [f"{path}: {then} -> {now}"]
