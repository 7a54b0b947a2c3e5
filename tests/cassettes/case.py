"""One behaviour of a tracker: how the simulator is set up to show it, and what a pull must make of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from alignment.pulling.pull import pull
from analyzer.store import Store
from connectors.calls import Policy
from connectors.connector import Connector, ConnectorError, ParseOptions
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.linear.live import LiveLinear
from connectors.linear.site import Access as LinearAccess
from connectors.linear.site import Site as LinearSite
from tests.cassettes.worlds import Later
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Request, Schedule

CASSETTES = Path(__file__).parents[2] / "cassettes"
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
Simulated = JiraCloud | JiraDataCenter | LinearSimulator
Folder = Literal["jira-cloud", "jira-dc", "linear"]
PUBLIC = {
    "jira-cloud": "https://acme.atlassian.net", "jira-dc": "https://jira.acme.example", "linear": "https://api.linear.app",
}  # fmt: skip


def _quiet() -> Schedule:
    return lambda _request: None


@dataclass(frozen=True, slots=True)
class Case:
    """``peculiar`` heads the cassette; ``shows``: what must be found in it, else it was recorded in vain.

    ``gives``: a line for each ticket after the pulls (key, phase, what is known of its history, number of changes) and
    for each problem; or the error, its sentence, and when to come back. ``smaller`` changes a question before the simulator
    answers it, as a server with narrower limits would read it. With ``later`` there are two pulls, two hours apart.
    """

    folder: Folder
    name: str
    peculiar: str
    site: Callable[[], Simulated]
    gives: str
    shows: tuple[str, ...]
    schedule: Callable[[], Schedule] = _quiet
    smaller: Callable[[Request], Request] = lambda request: request
    later: Later | None = None
    projects: tuple[str, ...] = ()
    token: str = ""

    @property
    def id(self) -> str:
        return f"{self.folder}/{self.name}"

    @property
    def cassette(self) -> Path:
        return CASSETTES / self.folder / f"synthetic_{self.name}.yaml"


def connector(case: Case, url: str) -> Connector:
    """With the policy of a patient client that never really waits; one request at a time, since vcrpy bears no threads."""
    policy = Policy(clock=lambda: NOW, sleep=lambda _seconds: None, patience=120)
    if case.folder == "linear":
        linear = LinearSite(LinearAccess(case.token or "lin_api_simulator", f"{url}/graphql"), policy)
        return LiveLinear("linear", linear, **alone(LiveLinear))
    email = "robot@acme.example" if case.folder == "jira-cloud" else ""
    token = case.token or ("cloud-token-1" if email else "bearer-token-1")
    site = Site(Access(url, token, email), policy, **alone(Site))
    return LiveJira("jira", site, case.folder == "jira-cloud", case.projects, **alone(LiveJira))


def alone(kind: Callable[..., Any]) -> dict[str, Any]:
    """``workers=1`` for whatever works with several."""
    return {"workers": 1} if "workers" in inspect.signature(kind).parameters else {}


def pulled(case: Case, url: str, path: Path, between: Callable[[], object]) -> str:
    """What the pulls of a case gave, in the words of ``gives``."""
    store = Store(path)
    try:
        pull(store, connector(case, url), ParseOptions(), NOW)
        if case.later is not None:
            between()
            pull(store, connector(case, url), ParseOptions(), NOW + timedelta(hours=2))
    except ConnectorError as error:
        at = getattr(error, "at", None)
        told = f"{type(error).__name__}: {str(error).replace(url, PUBLIC[case.folder])}"
        return told + (f" @ {at:%Y-%m-%dT%H:%M}" if at else "")
    return lines(store)


def lines(store: Store) -> str:
    with store.reading() as con:
        tickets = con.execute("""
            SELECT key, (SELECT value FROM spans WHERE ticket = no AND field = 'phase' AND until IS NULL), history,
                   (SELECT count(*) FROM changes WHERE ticket = no),
                   CASE WHEN EXISTS (FROM spans WHERE ticket = no AND field = 'archived' AND value = 'yes' AND until IS NULL)
                        THEN 'archived' END
            FROM tickets ORDER BY key""").fetchall()
        problems = con.execute("SELECT DISTINCT '!', kind, place FROM problems ORDER BY ALL").fetchall()
    return "\n".join(" ".join(str(part) for part in row if part is not None) for row in [*tickets, *problems])


def narrowed(**variables: int) -> Callable[[Request], Request]:
    """Numbers in a JSON question that are held below a limit, at its top or among its GraphQL variables."""

    def smaller(request: Request) -> Request:
        if not isinstance(request.body, dict):
            return request
        body: dict[str, Any] = dict(request.body)
        if "query" in body:
            named = {n: most for n, most in variables.items() if f"${n}:" in body["query"]}
            body["variables"] = {**(body.get("variables") or {}), **named}
        else:
            body |= {n: min(int(body[n]), most) for n, most in variables.items() if n in body}
        return replace(request, body=body)

    return smaller
