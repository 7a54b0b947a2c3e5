"""A real HTTP server on loopback that counts what it is asked and breaks when told to."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """``number`` counts from 1 over the life of the server; ``query`` holds the last value of each name."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    raw: bytes


@dataclass(slots=True)
class Answer:
    """``body`` is sent as JSON unless it is bytes. ``headers`` come on top of Content-Type and Content-Length."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens in place of, or to, the right answer.

    ``answer``: sent instead. ``reset``: the connection breaks after half of the right answer. ``truncated``: half of the
    right answer arrives with a Content-Length that fits the half. ``slow``: the right answer comes after ``seconds``.
    ``lost``: the request is carried out, then the connection breaks before any answer. ``changed``: what ``change``
    makes of the right answer is sent.
    """

    kind: Literal["answer", "reset", "truncated", "slow", "lost", "changed"]
    answer: Answer | None = None
    seconds: float = 0.0
    change: Callable[[Answer], Answer] | None = None


def too_many(retry_after: str | None = "0", **headers: str) -> Fault:
    """429, with Retry-After unless it is ``None``."""
    given = {"Retry-After": retry_after} if retry_after is not None else {}
    return Fault("answer", Answer(429, {"errorMessages": ["Rate limit exceeded"]}, {**given, **headers}))


def failing(status: int = 503, retry_after: str | None = None) -> Fault:
    """A 5xx page in HTML, as gateways send them."""
    given = {"Retry-After": retry_after} if retry_after is not None else {}
    page = b"<html><body><h1>Service unavailable</h1></body></html>"
    return Fault("answer", Answer(status, page, {"Content-Type": "text/html", **given}))


def login_page() -> Fault:
    """200 with a single-sign-on page where JSON was expected."""
    page = b"<!DOCTYPE html><html><title>Log in</title><body>Please sign in</body></html>"
    return Fault("answer", Answer(200, page, {"Content-Type": "text/html;charset=UTF-8"}))


Handler = Callable[[Request], Answer]
Schedule = Callable[[Request], Fault | None]


class _Listening(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed or stopped has hung up, which is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """``handler`` answers; ``schedule`` may name a fault for a request. Use as a context manager; ``url`` is its address."""

    def __init__(self, handler: Handler, schedule: Schedule = lambda _request: None) -> None:
        self.handler, self.schedule = handler, schedule
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._http = _Listening(("127.0.0.1", 0), self._handler_class())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def take(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Request:
        parts = urlsplit(target)
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self._lock:
            request = Request(len(self.requests) + 1, method, parts.path, query, headers, body, raw)
            self.requests.append(request)
        return request

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Taking(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else every answer on a kept connection waits 40 ms for an acknowledgement

            def _any(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = server.take(self.command, self.path, dict(self.headers.items()), raw)
                fault = server.schedule(request)
                if fault is not None and fault.kind == "answer" and fault.answer is not None:
                    return self._send(fault.answer)
                if fault is not None and fault.kind == "slow":
                    time.sleep(fault.seconds)
                answer = server.handler(request)
                if fault is not None and fault.kind == "lost":
                    return self._break()
                if fault is not None and fault.change is not None:
                    answer = fault.change(answer)
                self._send(answer, fault.kind if fault else "")

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

            def _send(self, answer: Answer, cut: str = "") -> None:
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                if answer.status == 204:
                    raw = b""
                sent = raw[: len(raw) // 2] if cut in ("reset", "truncated") else raw
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json;charset=UTF-8", **answer.headers}
                headers["Content-Length"] = str(len(sent) if cut == "truncated" else len(raw))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(sent)
                    self.wfile.flush()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                    return
                if cut == "reset":
                    self._break()

            def _break(self) -> None:
                """A hard reset: no more bytes, not even a proper end."""
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Taking
