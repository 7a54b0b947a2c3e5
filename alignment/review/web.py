"""The pages of the review: the queue with one ticket in full, a preview of many, what would change, what was said, the reports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from alignment.errors import Mend, Mistakes
from alignment.review import archive
from alignment.review.desk import Desk
from alignment.review.guard import Door, Guard, Session
from alignment.review.queue import BANDS, NOTHING, Filters
from alignment.review.saying import words_of
from analyzer.decisions import Refused, Stale
from analyzer.judging import counted
from analyzer.migrations import NewerStore
from analyzer.store import Busy, Damaged
from reports import numbers, words
from reports.html import allowed_script, style
from reports.safety import short

if TYPE_CHECKING:
    from starlette.datastructures import FormData

MOST_AUTHOR = 60
REPORT_POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    f"script-src {allowed_script()}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""A report is a file that anyone may have put there: it runs no script but ours, and not as a part of this site."""


@cache
def environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader("alignment.review"), PackageLoader("reports")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(words=words, numbers=numbers, short=short, BANDS=BANDS, NOTHING=NOTHING)
    return made


def application(desk: Desk, door: Door) -> Starlette:
    pages = Pages(desk, door)
    routes = [
        Route("/", pages.queue, methods=["GET"]), Route("/decide", pages.decide, methods=["POST"]),
        Route("/bulk", pages.bulk, methods=["POST"]), Route("/undo", pages.undo, methods=["POST"]),
        Route("/foretell", pages.foretell, methods=["POST"]), Route("/author", pages.author, methods=["POST"]),
        Route("/acts", pages.acts, methods=["GET"]), Route("/reports", pages.reports, methods=["GET"]),
        Route("/reports/{name:path}", pages.report, methods=["GET"]),
        Route("/static/{name}", pages.static, methods=["GET"]),
    ]  # fmt: skip
    troubles: dict[Any, Any] = {kind: pages.trouble for kind in (Busy, Damaged, NewerStore, Mend, Mistakes)}
    return Starlette(routes=routes, middleware=[Middleware(Guard, door=door)], exception_handlers=troubles)


class Pages:
    """Each answers one address. They run side by side in threads."""

    def __init__(self, desk: Desk, door: Door) -> None:
        self.desk, self.door = desk, door

    def queue(self, request: Request) -> Response:
        return self._queue(request, dict(request.query_params))

    def decide(self, request: Request) -> Response:
        form, session = _form(request), _session(request)
        back = dict(parse_qsl(str(form.get("back", ""))))
        tickets = _tickets(form)
        dossiers, _ = self.desk.dossiers(tickets)
        seen = _number(form.get("seen"))
        try:
            gone = [t for t in tickets if t not in {d.entry.id for d in dossiers}]
            if gone:
                raise Stale(gone)
            act = self.desk.say(words_of(form, dossiers), session.author, seen)
        except Stale as error:
            return self._stale(request, back | {"at": tickets[0]}, error.targets)
        except Refused as error:
            return self._queue(request, back | {"at": tickets[0] if tickets else ""}, 422, problems=error.problems)
        session.acts.append(act)
        session.said = f"Act {act}: {counted(len(dossiers))} decided."
        does = str(form.get("does", ""))
        stays = does.startswith("reject")  # the next suggestion is for the same ticket
        return _go(back | {"at": tickets[0] if stays else str(form.get("next", ""))})

    def bulk(self, request: Request) -> Response:
        """Shows what would be said; says nothing."""
        form = _form(request)
        dossiers, seen = self.desk.dossiers(_tickets(form))
        try:
            if not dossiers:
                raise Refused(["No ticket is marked. Mark some with x, or tick their boxes"])
            said = words_of(form, dossiers)
        except Refused as error:
            return self._queue(request, dict(parse_qsl(str(form.get("back", "")))), 422, problems=error.problems)
        known = self.desk.priorities()
        by_id = {d.entry.id: d for d in dossiers}
        rows = [(by_id[w.target], _serves(w.parts, known)) for w in said]
        left = [d for d in dossiers if d.entry.id not in {w.target for w in said}]
        return self._page(
            request, "bulk.html.j2", rows=rows, left=left, seen=seen, does=str(form.get("does", "")),
            back=str(form.get("back", "")), reason=str(form.get("reason", "")),
        )  # fmt: skip

    def undo(self, request: Request) -> Response:
        form, session = _form(request), _session(request)
        back = dict(parse_qsl(str(form.get("back", ""))))
        act = _number(form.get("act"))
        try:
            number = self.desk.take_back(act, session.author, _number(form.get("seen")))
        except Stale as error:
            return self._stale(request, back, error.targets)
        except Refused as error:
            session.acts = [a for a in session.acts if a != act]
            return self._queue(request, back, 422, problems=error.problems)
        session.acts = [a for a in session.acts if a != act]
        session.said = f"Act {act} is taken back (act {number})."
        return _go({k: v for k, v in back.items() if k != "to"}, "/acts" if back.get("to") == "acts" else "/")

    def foretell(self, request: Request) -> Response:
        form = _form(request)
        dossiers, _ = self.desk.dossiers(_tickets(form))
        back = str(form.get("back", ""))
        try:
            said = words_of(form, dossiers)
            told = self.desk.foretell(said, _session(request).author)
        except Refused as error:
            return self._queue(request, dict(parse_qsl(back)), 422, problems=error.problems)
        return self._page(request, "foretold.html.j2", told=told, back=back, count=len(said))

    def author(self, request: Request) -> Response:
        form, session = _form(request), _session(request)
        session.author = " ".join(str(form.get("author", "")).split())[:MOST_AUTHOR] or self.door.author
        session.said = f"You now decide as {session.author}."
        return _go(dict(parse_qsl(str(form.get("back", "")))))

    def acts(self, request: Request) -> Response:
        acts, called, seen = self.desk.acts()
        return self._page(
            request, "acts.html.j2", acts=acts, called=called, seen=seen, known=self.desk.priorities(),
            time_zone=self.desk.settings.time_zone,
        )  # fmt: skip

    def reports(self, request: Request) -> Response:
        from alignment.archiving import entries

        folder = self.desk.settings.report.folder
        found = [
            one | {"files": [f for f in one["files"] if f[0] == "csv" or archive.found(folder, f[1])],
                   "tables": [t for form, path in one["files"] if form == "csv" for t in archive.tables(folder, path)]}
            for one in entries(self.desk.settings, folder)
        ]  # fmt: skip
        return self._page(request, "reports.html.j2", entries=found, time_zone=self.desk.settings.time_zone)

    def report(self, request: Request) -> Response:
        file = archive.found(self.desk.settings.report.folder, request.path_params["name"])
        if file is None:
            return self._page(
                request, "trouble.html.j2", 404, title="There is no such report.", lines=["The list has all there are."]
            )
        return FileResponse(
            file,
            media_type=archive.KINDS[file.suffix],
            headers={"Content-Security-Policy": REPORT_POLICY},
            stat_result=file.stat(),
        )

    def static(self, request: Request) -> Response:
        found = _static().get(request.path_params["name"])
        if found is None:
            return self._page(request, "trouble.html.j2", 404, title="There is no such file.", lines=[])
        kind, text = found
        return Response(text, media_type=kind)

    def trouble(self, request: Request, error: Exception) -> Response:
        from alignment.telling import told

        titles = {Busy: "The store is in use.", Mistakes: "A file of yours has mistakes."}
        status = 503 if isinstance(error, Busy) else 500
        title = titles.get(type(error), "Something is to be mended.")
        lines = told(error)[1]
        if isinstance(error, Busy):
            lines = ["A pull, a report or another command has it open just now. Nothing was lost.", *lines]
        return self._page(request, "trouble.html.j2", status, title=title, lines=lines)

    def _queue(self, request: Request, given: dict[str, str], status: int = 200, **more: Any) -> Response:
        filters = Filters.read(given)
        view = self.desk.view(filters, _number(given.get("page")) or 1, str(given.get("at", "")))
        page = view.page.number if view.page.number > 1 else ""
        at = view.dossier.entry.id if view.dossier else ""
        return self._page(
            request, "queue.html.j2", status, view=view, filters=filters, choices=view.choices, known=view.known, at=at,
            link=lambda **q: filters.query(**({"page": page} | q)), back=filters.query(page=page),
            **({"problems": (), "stale": {}} | more),
        )  # fmt: skip

    def _stale(self, request: Request, given: dict[str, str], targets: Sequence[str]) -> Response:
        """The view was old: nothing was written, and here is the new one with what changed."""
        return self._queue(request, given, 409, stale=self.desk.stands(list(targets)[:20]))

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        session = _session(request)
        said, session.said = session.said, ""
        text = environment().get_template(template).render(
            organisation=self.desk.settings.organisation, read_only=self.door.read_only, csrf=session.csrf, author=session.author,
            last=session.acts[-1] if session.acts else None, said=said, **values,
        )  # fmt: skip
        return HTMLResponse(text, status)


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


def _form(request: Request) -> FormData:
    form: FormData = request.state.form
    return form


def _tickets(form: FormData) -> list[str]:
    return [str(t) for t in dict.fromkeys(form.getlist("ticket"))][:50]


def _number(given: Any) -> int:
    text = str(given or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _serves(parts: Sequence[tuple[str | None, int]], known: dict[str, str]) -> str:
    return " and ".join(known.get(p, p) if p else "none of the priorities" for p, _ in parts)


def _go(given: dict[str, str], path: str = "/") -> Response:
    kept = {k: v for k, v in given.items() if v}
    return RedirectResponse(f"{path}?{urlencode(kept)}" if kept else path, 303)


@cache
def _static() -> dict[str, tuple[str, str]]:
    def read(name: str) -> str:
        return (files("alignment.review") / "templates" / name).read_text(encoding="utf-8")

    return {
        "review.css": ("text/css", f"{style()}\n{read('review.css')}"),
        "review.js": ("text/javascript", read("review.js")),
    }
