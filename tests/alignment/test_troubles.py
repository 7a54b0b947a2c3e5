"""Whatever is wrong with an address, a token or a server is one sentence and the fix, at check and at pull, and no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.alignment.exported import Command, execute
from tests.alignment.test_live_pull import FEW, jira_world, linear_world
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_faults import not_allowed
from tests.simulator.server import Answer, Fault, Request, Server, failing, login_page, too_many

TOKEN = "planted-token-0123456789"
STRATEGY = "strategy: S\npriorities:\n  - {id: a, match: [{label: strat-checkout}]}\n"
HTML = {"Content-Type": "text/html;charset=UTF-8"}


@pytest.fixture
def alignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder with a strategy, and with no proxy."""
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    Path("strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    return lambda *args: execute(capsys, *args)


def settings(**tracker: Any) -> None:
    Path("alignment.yaml").write_text(json.dumps({"trackers": [tracker]}), encoding="utf-8")


def page(status: int, **headers: str) -> Callable[[Request], Fault]:
    """A web page in place of every answer."""
    body = b"<!DOCTYPE html><html><title>Something else</title></html>"
    return lambda _request: Fault("answer", Answer(status, body, {**HTML, **headers}))


def sent(fault: Fault) -> Callable[[Request], Fault]:
    return lambda _request: fault


@dataclass(frozen=True)
class Case:
    """``site``: what stands at the address. ``said``: words of the sentence. ``at``: what the settings say beside it."""

    name: str
    site: str
    said: tuple[str, ...]
    schedule: Callable[[Request], Fault | None] = lambda _request: None
    kind: str = ""
    at: tuple[tuple[str, Any], ...] = ()
    code: int = 1
    token: str = TOKEN
    world: Callable[[Any], None] = lambda _site: None


def nobody_sees(site: Any) -> None:
    for key in ("PAY", "WEB", "OPS", "DAT"):
        site.world.hide_project(key)


def scoped(site: Any) -> None:
    site.scoped = True


CASES = [
    Case("wrong token", "cloud", ("does not accept the token of robot@acme.example", "Check the e-mail"), token="x" * 20),
    Case("wrong token", "dc", ("does not accept the token", "Make a new one"), token="x" * 20),
    Case("wrong token", "linear", ("does not accept the token", "Make a new key"), token="lin_api_wrong"),
    Case("scoped token", "cloud", ("/ex/jira/11111111-2222", "one with scopes needs base_url"), world=scoped),
    Case("cloud kind at a data center", "dc", ("a Jira Data Center", "Write kind: jira-data-center"), kind="jira-cloud"),
    Case("data center kind at a cloud", "cloud", ("a Jira Cloud", "Write kind: jira-cloud"), kind="jira-data-center",
         at=(("email", ""),)),
    Case("data center kind at a cloud, let in", "cloud", ("Jira Cloud", "Write kind: jira-cloud"), kind="jira-data-center"),
    Case("linear kind at a jira", "cloud", ("There is a Jira at", "Write kind: jira-cloud"), kind="linear"),
    Case("no jira: a page", "cloud", ("There is no Jira at", "Check base_url"), page(404)),
    Case("no linear: a page", "linear", ("There is no Linear at", "Leave base_url out"), page(404)),
    Case("a page with 200", "dc", ("web page where data was expected", "Check base_url"), sent(login_page())),
    Case("a page with 200", "linear", ("web page where data was expected", "Check base_url"), sent(login_page())),
    Case("moved", "cloud", ("has moved to https://jira.other.example (301)", "Write base_url"),
         page(301, Location="https://jira.other.example/rest")),
    Case("moved", "linear", ("has moved to https://other.example", "Write base_url"), page(301, Location="https://other.example/")),
    Case("sign-on", "dc", ("sends to a log-in page", "past single sign-on"), page(302, Location="/login?to=x")),
    Case("sign-on elsewhere", "cloud", ("sends to a log-in page",), page(302, Location="https://sso.acme.example/saml")),
    Case("no permission", "cloud", ("does not let this account in (403)", "browse projects"),
         sent(Fault("answer", Answer(403, {"errorMessages": ["Forbidden"]})))),
    Case("captcha", "dc", ("CAPTCHA", "Log in once in a browser"),
         sent(Fault("answer", Answer(403, {}, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=x"})))),
    Case("no permission", "linear", ("This key may not read that", "Give it access"), sent(not_allowed("teams"))),
    Case("nothing visible", "cloud", ("shows it no project", "browse projects"), world=nobody_sees),
    Case("nothing visible", "dc", ("shows it no project", "browse projects"), world=nobody_sees),
    Case("unknown project", "cloud", ("NOPE", "Check its key|Correct projects"), at=(("projects", ["NOPE"]),)),
    Case("unknown project", "dc", ("NOPE", "Check its key|Correct projects"), at=(("projects", ["NOPE", "PAY"]),)),
    Case("unknown team", "linear", ("no team NOPE", "Correct teams: to keys that are shown"), at=(("teams", ["NOPE"]),)),
    Case("come back", "cloud", ("limits the rate", "Come back at 20"), sent(too_many("1800")), code=4),
    Case("come back", "dc", ("limits the rate", "Come back at 20"), sent(failing(503, "1800")), code=4),
    Case("come back", "linear", ("limits the rate", "Come back at 20"), sent(too_many("1800")), code=4),
]  # fmt: skip


def addressed(case: Case, server: Server, site: Any) -> dict[str, Any]:
    kind = case.kind or {"cloud": "jira-cloud", "dc": "jira-data-center", "linear": "linear"}[case.site]
    tracker = {"name": "it", "kind": kind, "base_url": server.url + ("/graphql" if case.site == "linear" else "")}
    if case.site == "cloud" and kind != "linear":
        tracker["email"] = site.account.email
    return {**tracker, **dict(case.at)}


@pytest.mark.parametrize("command", ["check", "pull"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.site}: {case.name}")
def test_every_trouble_is_one_sentence_and_the_fix(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, case: Case, command: str
) -> None:
    site: Any
    if case.site == "linear":
        site = LinearSimulator(linear_world(FEW), key=TOKEN, token=TOKEN)
    else:
        site = (JiraCloud if case.site == "cloud" else JiraDataCenter)(world=jira_world(FEW).copy())
        object.__setattr__(site.account, "token", TOKEN)
        object.__setattr__(site.account, "bearer", TOKEN)
    case.world(site)
    monkeypatch.setenv("ALIGNMENT_TOKEN_IT", case.token)
    with Server(site, case.schedule) as server:
        settings(**addressed(case, server, site))
        said = alignment(command)
    told(said.out + said.err, said.code, case.code, case.said, case.token)
    if command == "pull":
        assert len(said.err.strip().splitlines()) == 1, said.err


def told(text: str, code: int, wanted: int, words: tuple[str, ...], token: str) -> None:
    assert "Traceback" not in text and token not in text, text
    assert all(any(one in text for one in word.split("|")) for word in words), text
    assert code == wanted, text


UNREACHED = [
    ("https://no-such-machine.invalid", ("No machine is called no-such-machine.invalid", "Check base_url")),
    ("http://127.0.0.1:9", ("Nothing answers at port 9 of 127.0.0.1", "Check base_url, its port")),
]


@pytest.mark.parametrize("kind", ["jira-cloud", "jira-data-center", "linear"])
@pytest.mark.parametrize(("url", "words"), UNREACHED, ids=["name", "port"])
@pytest.mark.parametrize("command", ["check", "pull"])
def test_a_wrong_address_fails_at_once(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, kind: str, url: str, words: tuple[str, ...], command: str
) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_IT", TOKEN)
    settings(name="it", kind=kind, base_url=url)
    said = alignment(command)
    told(said.out + said.err, said.code, 1, words, TOKEN)


def test_tls_is_not_spoken_at_a_plain_port(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_IT", TOKEN)
    with Server(JiraCloud(world=jira_world(FEW).copy())) as server:
        settings(name="it", kind="jira-cloud", base_url=server.url.replace("http:", "https:"), email="a@b.example")
        said = alignment("check")
    told(said.out + said.err, said.code, 1, ("does not speak TLS at this port", "Write http://"), TOKEN)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_bundle_that_is_none_is_said(alignment: Command, monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_IT", TOKEN)
    if text:
        Path("ca.pem").write_text(text, encoding="utf-8")
    settings(name="it", kind="linear", ca_bundle="ca.pem")
    said = alignment("pull")
    words = ("ca.pem holds no certificates", "as PEM") if text else ("ca.pem is not there", "Check its path")
    told(said.out + said.err, said.code, 1, words, TOKEN)
