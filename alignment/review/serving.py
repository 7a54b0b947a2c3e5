"""The review page on this machine: bound to loopback, opened by an address that nobody else is told."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import uvicorn

from alignment.errors import Mend
from alignment.review.desk import Desk
from alignment.review.guard import Door, door
from alignment.review.web import application

LOOPBACK = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}
OPENING = '<!doctype html><meta charset="utf-8"><title>Review</title><meta http-equiv="refresh" content="0;url={url}">'


def bound(host: str, port: int) -> socket.socket:
    """A socket on this machine alone; ``port`` 0 takes a free one. Raises Mend."""
    if host not in LOOPBACK:
        raise Mend(f"{host} can be reached from other machines.", "The review is served on 127.0.0.1 or ::1 only.")
    made = socket.socket(LOOPBACK[host], socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise Mend(f"Port {port} cannot be had.", "Name another with --port, or 0 for a free one.") from None
    return made


def made(desk: Desk, host: str, port: int, author: str, read_only: bool) -> tuple[uvicorn.Server, socket.socket, Door]:
    """The server, not started, its socket and its door. Raises Mend."""
    listening = bound(host, port)
    entry = door(host, listening.getsockname()[1], author, read_only)
    config = uvicorn.Config(
        application(desk, entry), access_log=False, log_level="warning", server_header=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=2, proxy_headers=False,
    )  # fmt: skip
    return uvicorn.Server(config), listening, entry


def start_address(host: str, listening: socket.socket, entry: Door) -> str:
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{listening.getsockname()[1]}/start?token={entry.token}"


@contextmanager
def in_browser(address: str) -> Iterator[bool]:
    """Opens the address, and says whether a browser took it. It goes by a file that only you can read: what stands on a command
    line can be read by everybody on this machine."""
    descriptor, name = tempfile.mkstemp(prefix="alignment-review-", suffix=".html")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(OPENING.format(url=escape(address)))
        try:
            opened = webbrowser.open(Path(name).as_uri())
        except webbrowser.Error:
            opened = False
        yield opened
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)
