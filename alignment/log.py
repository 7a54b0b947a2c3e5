"""What a run does while it does it, on stderr: a line a step to read, or a JSON object a step for a machine; no secret passes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from datetime import datetime
from typing import Any, Literal

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from alignment.scrubbing import nameless

Form = Literal["text", "json"]


def logger(form: Form, quiet: bool, clock: Callable[[], datetime]) -> FilteringBoundLogger:
    """``quiet``: only what went wrong. Times are the clock's, in UTC."""

    def stamped(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"time": f"{clock():%Y-%m-%dT%H:%M:%SZ}", **event}

    drawn: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        drawn = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="time", pad_event_to=0)
    made: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[structlog.processors.add_log_level, stamped, _scrub, drawn],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
    )
    return made


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: nameless(value) if isinstance(value, str) else value for key, value in event.items()}
