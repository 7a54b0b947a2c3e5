"""The Result itself as JSON text, for programs that read on."""

from __future__ import annotations

import json
from typing import Any


def render(result: dict[str, Any]) -> str:
    """The same Result gives the same bytes; the order of its keys is kept."""
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"
