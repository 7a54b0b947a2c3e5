"""Faults happen as scheduled, each shows in its own way, and whoever asks again gets through."""

from __future__ import annotations

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.asking import Asking, ids
from tests.simulator.conftest import Start
from tests.simulator.faults import FAULTS, TRANSIENT, Scheduled, quota_after, random_schedule, schedule_of
from tests.simulator.issue import Json
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Server
from tests.simulator.world import World

SEARCH = "/rest/api/2/search/jql"
BODY: Json = {"jql": "project = PAY ORDER BY created ASC, key ASC", "fields": ["id", "summary"], "maxResults": 50}


@pytest.mark.parametrize(
    ("kind", "status"),
    [("429", 429), ("429 at once", 429), ("500", 500), ("502", 502), ("503 at once", 503), ("504", 504), ("slow", 200)],
)
def test_an_answer_in_place_of_the_right_one(world: World, start: Start, kind: str, status: int) -> None:
    asking = start(JiraCloud(world=world), schedule=schedule_of([(1, kind)]))
    url = asking.server.url + "/rest/api/2/myself"
    answer = asking.session.get(url, timeout=10)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("0" if "at once" in kind else None)
    assert asking.session.get(url, timeout=10).status_code == 200


@pytest.mark.parametrize("kind", ["reset", "truncated", "lost"])
def test_a_connection_that_breaks(world: World, start: Start, kind: str) -> None:
    asking = start(JiraCloud(world=world), schedule=schedule_of([(1, kind)]))
    body = {"update": {"labels": [{"add": "x"}]}}
    with pytest.raises(requests.RequestException):  # a JSON error is one too
        asking.session.get(asking.server.url + "/rest/api/2/field", timeout=10).json()
    asking("PUT", "/rest/api/2/issue/PAY-1", body, status=204)
    assert [request.method for request in asking.server.requests] == ["GET", "PUT"]


def test_a_lost_answer_was_carried_out(world: World, start: Start) -> None:
    asking = start(JiraCloud(world=world), schedule=schedule_of([(1, "lost")]))
    with pytest.raises(requests.ConnectionError):
        asking("PUT", "/rest/api/2/issue/PAY-1", {"update": {"labels": [{"add": "x"}]}})
    assert "x" in world.issues["10001"].fields["labels"]


def test_page_tokens_repeat_or_expire_and_only_they(world: World, start: Start) -> None:
    schedule = schedule_of([(1, "repeated token"), (2, "repeated token"), (4, "expired token")])
    asking = start(JiraCloud(world=world), schedule=schedule)
    first = asking("POST", SEARCH, BODY)
    body = {**BODY, "nextPageToken": first["nextPageToken"]}
    assert asking("POST", SEARCH, body)["nextPageToken"] == first["nextPageToken"]
    assert asking("POST", SEARCH, body)["nextPageToken"] != first["nextPageToken"]
    assert "expired" in asking.refused("POST", SEARCH, body)
    assert schedule.met == [(2, "repeated token"), (4, "expired token")]


def test_a_login_page_and_a_spent_quota(world: World, start: Start) -> None:
    asking = start(JiraCloud(world=world), schedule=schedule_of([(1, "login page")]))
    assert "sign in" in asking("GET", "/rest/api/2/myself")
    asking.server.schedule = quota_after(2, retry_after=1_800)
    asking("GET", "/rest/api/2/myself")
    refused = asking.session.get(asking.server.url + "/rest/api/2/myself", timeout=10)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1800")
    assert refused.headers["RateLimit-Reason"] == "jira-quota-tenant-based"


def patient(asking: Asking, body: Json, tries: int) -> Json:
    """A page, asked for again until it comes whole."""
    for _ in range(tries):
        try:
            answer = asking.session.post(asking.server.url + SEARCH, json=body, timeout=10)
            if answer.status_code == 200:
                page: Json = answer.json()
                if page.get("nextPageToken") != body.get("nextPageToken") or page.get("isLast"):
                    return page
        except requests.RequestException:
            continue
    raise AssertionError("asked often enough, answered never")


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(sorted(FAULTS))), max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_asks_three_times_always_gets_everything(world: World, pairs: list[tuple[int, str]]) -> None:
    schedule = schedule_of(pairs, in_a_row=2)
    site = JiraCloud(world=world)
    with Server(site, schedule) as server:
        asking = Asking(site, server)
        asking.session.headers["Authorization"] = site.account.basic
        pages = [patient(asking, BODY, tries=3)]
        while "nextPageToken" in pages[-1] and len(pages) < 50:
            pages.append(patient(asking, {**BODY, "nextPageToken": pages[-1]["nextPageToken"]}, tries=3))
        wanted = [issue.id for issue in world.issues.values() if issue.project["key"] == "PAY"]
        assert sorted(ids(pages)) == sorted(wanted)
        assert len(server.requests) <= len(pages) + len(schedule.met)


def test_a_seed_gives_the_same_schedule_every_time() -> None:
    one, other = (random_schedule(7, requests=200, share=0.2) for _ in range(2))
    assert one.kinds == other.kinds and 20 < len(one.kinds) < 60
    assert set(one.kinds.values()) <= set(TRANSIENT) and isinstance(one, Scheduled)
