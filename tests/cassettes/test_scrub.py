"""Nothing that names a person, a company or a log-in stays in a cassette."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from vcr.request import Request
from vcr.serialize import serialize

from tests.cassettes.case import CASSETTES
from tests.cassettes.scrub import Scrubber, laid_out
from tests.cassettes.written import Commented

TOKEN = "ATATT3xFfGF0planted-token_of=1A2B3C4D"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkYW5hIn0.c2lnbmF0dXJl"
DANA = "5b10ac8d82e05b22cc7d4ef5"
USER = {
    "self": f"https://megacorp.atlassian.net/rest/api/2/user?accountId={DANA}", "accountId": DANA, "displayName": "Dana Quill",
    "emailAddress": "dana.quill@megacorp.com", "avatarUrls": {"48x48": "https://avatar-management.example.net/dana/48"},
}  # fmt: skip
PLANTED = (
    "dana", "quill", "megacorp", "roe", DANA, "557058", "JIRAUSER10400", "cookie", "secret", "planted", "ATATT", "eyJh", "lin_api",
    "takeover", "c0ffee00", "avatar-management",
)  # fmt: skip
CLOUD: Any = {
    "issues": [
        {
            "id": "10001", "key": "PAY-1", "self": "https://megacorp.atlassian.net/rest/api/2/issue/10001",
            "fields": {
                "summary": "Ask Dana Quill about the takeover", "description": f"Log in with {TOKEN} or {JWT}.",
                "assignee": USER, "creator": {**USER, "accountId": "557058:1c0ffee0-0000-4111-8222-333344445555"},
                "customfield_10200": "The takeover, in our own words", "customfield_10016": 3.0, "customfield_10201": "PAY-7",
                "customfield_10020": [{"id": 12, "name": "Sprint 1", "goal": "Close the takeover", "state": "active"}],
                "labels": ["checkout"],
            },
            "changelog": {"histories": [{"id": "1", "author": USER, "items": [
                {"field": "assignee", "fieldtype": "jira", "from": None, "fromString": None, "to": "61f0000000000000000000aa",
                 "toString": "Rick Roe"},
                {"field": "summary", "fieldtype": "jira", "from": None, "fromString": "Takeover", "to": None, "toString": "Calm"},
                {"field": "status", "fieldtype": "jira", "from": "1", "fromString": "To Do", "to": "3", "toString": "Doing"},
            ]}]},
        }
    ]
}  # fmt: skip
DATA_CENTER: Any = {
    "author": {"self": "https://jira.megacorp.com/rest/api/2/user?username=dquill", "name": "dquill", "key": "JIRAUSER10400",
               "displayName": "Dana Quill", "emailAddress": "d@megacorp.com"},
    "items": [{"field": "Approver", "fieldtype": "custom", "from": "JIRAUSER10400", "fromString": "Dana Quill",
               "to": "rroe", "toString": "Rick Roe"}],
    "customfield_10105": ["com.atlassian.greenhopper.service.sprint.Sprint@1a[id=4,state=ACTIVE,name=S 4,goal=takeover]"],
    "link": "https://jira.megacorp.com/browse/PAY-1",
}  # fmt: skip
LINEAR: Any = {
    "data": {
        "organization": {"id": "1", "name": "Megacorp", "urlKey": "megacorp"},
        "users": {"nodes": [{"id": "c0ffee00-0000-4111-8222-000000000001", "name": "Dana Quill", "displayName": "dana",
                             "email": "dana@megacorp.com"}]},
        "issue": {"title": "The takeover", "url": "https://linear.app/megacorp/issue/ENG-1/the-takeover",
                  "branchName": "dana/eng-1-the-takeover", "assignee": {"id": "c0ffee00-0000-4111-8222-000000000001"}},
        "history": {"nodes": [{"actorId": "c0ffee00-0000-4111-8222-000000000009", "fromTitle": "takeover"}]},
    }
}  # fmt: skip


def scrubber(texts: bool = True) -> Scrubber:
    hosts = {
        "https://megacorp.atlassian.net": "https://acme.atlassian.net",
        "https://jira.megacorp.com": "https://jira.acme.example",
    }
    return Scrubber(b"key", hosts, texts, secrets=("planted-by-hand",))


def answer(said: Any) -> dict[str, Any]:
    headers = {
        "Set-Cookie": ["session=secret"], "X-AUSERNAME": ["dana"], "X-AREQUESTID": ["secret"], "Content-Type": ["application/json"],
        "Retry-After": ["2"], "X-RateLimit-Remaining": ["7"], "X-Complexity": ["12"], "Content-Length": ["999"],
    }  # fmt: skip
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}


def question() -> Request:
    headers = {
        "Authorization": f"Basic {'c2VjcmV0' * 4}", "Cookie": "session=secret", "User-Agent": "dana",
        "Content-Type": "application/json", "X-Api-Key": "secret",
    }  # fmt: skip
    body = json.dumps({"jql": "reporter = 'dana.quill@megacorp.com'", "note": "planted-by-hand"}).encode()
    return Request("POST", "https://megacorp.atlassian.net/rest/api/2/search/jql", body, headers)


@pytest.mark.parametrize("said", [CLOUD, DATA_CENTER, LINEAR], ids=["cloud", "data center", "linear"])
def test_planted_secrets_are_not_written(said: Any) -> None:
    clean = scrubber()
    asked, told = clean.request(question()), clean.response(answer(said))
    written = serialize({"requests": [asked], "responses": [told]}, Commented("Planted.", clean))
    assert "person-" in written.partition("response:")[0], "what was asked is there to be read"
    assert [word for word in PLANTED if word.lower() in written.lower().replace("planted.", "")] == []


def test_what_an_analysis_needs_stays() -> None:
    clean = scrubber().response(answer(CLOUD))
    assert set(clean["headers"]) == {"Content-Type", "Retry-After", "X-RateLimit-Remaining", "X-Complexity"}
    issue = json.loads(clean["body"]["string"])["issues"][0]
    fields, log = issue["fields"], issue["changelog"]["histories"][0]
    assert (issue["id"], issue["key"], fields["customfield_10016"], fields["customfield_10201"]) == (
        "10001",
        "PAY-1",
        3.0,
        "PAY-7",
    )
    assert fields["labels"] == ["checkout"] and fields["customfield_10020"][0]["name"] == "Sprint 1"
    assert log["items"][2]["toString"] == "Doing"
    assert log["author"]["accountId"] == fields["assignee"]["accountId"] != fields["creator"]["accountId"]


def test_cleaning_twice_changes_nothing() -> None:
    once = scrubber().response(answer(CLOUD))
    again = Scrubber(b"another key", {}).response(once)
    assert once == again


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (f"curl -u x:{TOKEN}", "curl -u x:scrubbed"), (f"token {JWT}!", "token scrubbed!"), ("lin_api_abc123", "scrubbed"),
        ("Bearer 0123456789abcdef", "scrubbed"), ("Basic authentication is off", "Basic authentication is off"),
        ("JSESSIONID=ab12; x", "scrubbed; x"), ("https://other-site.atlassian.net/x", "https://acme.atlassian.net/x"),
        ("https://api.atlassian.com/ex/jira/11111111-2222-4333-8444-555555555555/rest",
         "https://api.atlassian.com/ex/jira/00000000-0000-4000-8000-000000000000/rest"),
        ("https://secure.gravatar.com/avatar/0bc83cb571cd", "https://example.com/picture.png"),
        ("[~accountid:557058:1c0ffee0-0000-4111-8222-333344445555]", "[~accountid:712020:00000000-0000-4000-8000-…]"),
    ],
)  # fmt: skip
def test_what_can_be_told_by_its_form(said: str, left: str) -> None:
    clean = scrubber(texts=False).line(said)
    assert re.fullmatch(re.escape(left).replace("…", "[0-9a-f]{12}"), clean), clean


def test_pages_and_halves_are_not_kept() -> None:
    page = scrubber().response(answer(b"<!DOCTYPE html><form>dana's secret</form>"))
    half = scrubber().response(answer(b'{"data": {"users": {"nodes": [{"name": "Dana Quill"'))
    assert b"secret" not in page["body"]["string"] and b"Dana" not in half["body"]["string"]
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(half["body"]["string"])


def test_someone_met_late_is_taken_out_of_what_came_before() -> None:
    clean = scrubber(texts=False)
    first = clean.response(answer({"note": "Ask Rick Roe, or [~rroe]; not our roe deer"}))["body"]["string"].decode()
    clean.response(answer({"displayName": "Rick Roe", "name": "rroe", "key": "JIRAUSER7"}))
    assert "Rick Roe" in first
    assert re.fullmatch(
        r'\{"note": "Ask Person [0-9a-f]{8}, or \[~person-[0-9a-f]{8}\]; not our roe deer"\}', clean.last_look(first)
    )


def test_laid_out_json_is_the_same_json() -> None:
    assert json.loads(laid_out([CLOUD, LINEAR, [], {}, None])) == [CLOUD, LINEAR, [], {}, None]


SECRETS = {
    "a key of Linear": r"lin_(api|oauth)_", "a token of Atlassian": r"AT[AC]TT", "an Authorization": r"(?i)\bauthorization\b",
    "a Bearer": r"\bBearer [\w.=-]+", "a Basic": r"\bBasic [A-Za-z0-9+/=]{8,}", "a cookie": r"(?i)cookie|JSESSIONID",
    "a JWT": r"eyJ[\w-]+\.[\w-]+", "an address": r"[\w.+-]+@(?!example\.com\b)[\w-]+\.\w+",
    "a token of the simulator": r"(cloud|bearer)-token-1", "a person of the simulator": r"Ann Archer|Bob Baker|\bReader\b",
    "a picture": r"(?i)gravatar|avatar[^\"]*https?:", "a loopback address": r"127\.0\.0\.1|localhost",
    "another site": r"(?<!acme)\.atlassian\.net|linear\.app/(?!acme/|graphql|developers)",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_cassette_holds_a_secret(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {what: found[0] for what, pattern in SECRETS.items() if (found := re.search(pattern, text))} == {}


def test_what_looks_for_secrets_finds_them() -> None:
    planted = [
        "lin_api_x", "ATATT3", "authorization:", "Bearer abc", "Basic c2VjcmV0cw==", "Set-Cookie", JWT, "a@b.com", "cloud-token-1",
        "Ann Archer", "gravatar", "http://127.0.0.1:1", "https://megacorp.atlassian.net",
    ]  # fmt: skip
    assert [bool(re.search(p, text)) for p, text in zip(SECRETS.values(), planted, strict=True)] == [True] * len(
        planted
    )
