"""Who may ask the review page anything: this machine, by its own address, with the start address, and from the page's own forms."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 200_000
MOST_FIELDS = 1_000
MOST_SESSIONS = 200

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # under no-referrer a browser sends no Origin with a form, and it is checked
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip

BEGIN = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Review</title>
<link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/"></head>
<body><p><a href="/">Open the review</a></p></body></html>"""
"""The start address gives the cookie and leads on from within: after a redirect from outside a browser would keep a strict cookie
back."""

CLOSED = "Open the address that `alignment serve` printed: it holds the key to this page."


@dataclass(slots=True)
class Session:
    """One browser. ``csrf`` is in each of its forms; ``acts`` are those it said, last one last; ``said`` is told once."""

    csrf: str
    author: str
    said: str = ""
    acts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Door:
    """What opens the page: the ``token`` of the start address, and the ``hosts`` (with their port) by which it may be asked."""

    token: str
    hosts: frozenset[str]
    cookie: str
    author: str
    read_only: bool = False
    sessions: dict[str, Session] = field(default_factory=dict)

    def enter(self) -> str:
        """A new session. The oldest goes when there are too many."""
        if len(self.sessions) >= MOST_SESSIONS:
            self.sessions.pop(next(iter(self.sessions)), None)
        name = secrets.token_urlsafe(32)
        self.sessions[name] = Session(secrets.token_urlsafe(32), self.author)
        return name


def door(host: str, port: int, author: str, read_only: bool = False) -> Door:
    """``host`` is the address that is bound. A browser may also call this machine localhost, which leads nowhere else."""
    named = f"[{host}]" if ":" in host else host
    hosts = frozenset({f"{named}:{port}", f"localhost:{port}"})
    # cookies know no ports: a second server on this machine must not take the first one's
    return Door(secrets.token_urlsafe(32), hosts, f"alignment_review_{port}", author, read_only)


class Guard:
    """Stands before the pages. What passes carries ``state.session`` and, with POST, ``state.form``."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {"Content-Security-Policy": POLICY, **HEADERS}.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope, receive)
        answer = await self._refused(request)
        await (answer or self.app)(scope, receive, careful)

    async def _refused(self, request: Request) -> Response | None:
        """The answer, where the question does not come to the pages."""
        headers = request.headers
        if headers.getlist("host") != [host for host in self.door.hosts if host == headers.get("host")]:
            return _no(421, "This server answers to its own address only.")
        if request.method not in ("GET", "HEAD", "POST"):
            return _no(405, "The review page knows GET and POST.")
        if request.url.path == "/start":
            return self._begin(request)
        session = self.door.sessions.get(_cookie(headers, self.door.cookie))
        if session is None:
            return _no(403, CLOSED)
        state = request.scope.setdefault("state", {})
        state["session"] = session
        return await self._may_write(request, session, state) if request.method == "POST" else None

    def _begin(self, request: Request) -> Response:
        given = request.query_params.get("token", "")
        if request.method != "GET" or not hmac.compare_digest(given.encode(), self.door.token.encode()):
            return _no(403, CLOSED)
        answer = HTMLResponse(BEGIN, headers={"Referrer-Policy": "no-referrer"})
        answer.set_cookie(self.door.cookie, self.door.enter(), httponly=True, samesite="strict", path="/")
        return answer

    async def _may_write(self, request: Request, session: Session, state: dict[str, Any]) -> Response | None:
        headers = request.headers
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if (
            site not in (None, "same-origin")
            or origin not in (None, f"http://{headers['host']}")
            or not (site or origin)
        ):
            return _no(403, "A form of another page cannot decide here.")
        if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _no(415, "Decisions come from the forms of this page.")
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return _no(413, "That is more than one form of this page can hold.")
        form: FormData = await request.form(max_fields=MOST_FIELDS)
        if not hmac.compare_digest(str(form.get("csrf", "")).encode(), session.csrf.encode()):
            return _no(403, "This form is from an earlier start of the server. Load the page again.")
        if self.door.read_only and request.url.path != "/foretell":
            return _no(403, "This server was started with --read-only: nothing can be decided here.")
        state["form"] = form
        return None


def _cookie(headers: Headers, name: str) -> str:
    try:
        found: Mapping[str, Any] = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return str(found[name].value) if name in found else ""


def _no(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status)
