"""What is recorded of a Jira Cloud and of a Jira Data Center."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.cassettes.case import Case, narrowed
from tests.cassettes.worlds import jira
from tests.simulator.faults import FAULTS
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.server import Answer, Fault, Request, Schedule, login_page, too_many

WHOLE = """
    PAY-1 todo full 0
    PAY-2 done full 3
    PAY-3 doing full 5
    PAY-4 todo full 0
    PAY-5 todo full 0
"""


def cloud(**settings: Any) -> Callable[[], JiraCloud]:
    return lambda: JiraCloud(world=jira(), **settings)


def data_center(**settings: Any) -> Callable[[], JiraDataCenter]:
    return lambda: JiraDataCenter(world=jira(), page_cap=100, **settings)


def at(number: int, fault: Fault) -> Callable[[], Schedule]:
    return lambda: lambda request: fault if request.number == number else None


def always(fault: Fault) -> Callable[[], Schedule]:
    return lambda: lambda _request: fault


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Schedule:
    """Every JSON answer goes through ``change``."""

    def other(answer: Answer) -> Answer:
        return replace(answer, body=change(answer.body)) if isinstance(answer.body, dict) else answer

    return lambda _request: Fault("changed", change=other)


def _left_out() -> Schedule:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        logs = body.get("issueChangeLogs")
        return {**body, "issueChangeLogs": [log for log in logs if log["issueId"] != "10003"]} if logs else body

    return _changed(change)


def _overfull() -> Schedule:
    """A search that finds more than three claims to find more than the server lists."""
    return _changed(lambda body: {**body, "total": body["total"] * 5_000} if body.get("total", 0) > 3 else body)


def _repeated() -> Schedule:
    def repeated(request: Request) -> Fault | None:
        return FAULTS["repeated token"](request)

    return repeated


def _moved() -> JiraCloud:
    site = JiraCloud(world=jira())
    site.world.move("PAY-3", "WEB")
    return site


def _growing() -> JiraDataCenter:
    """A ticket is made while the second page is on its way."""
    site = JiraDataCenter(world=jira(), page_cap=3)
    site.world.at(5, lambda world: world.add("PAY", like="PAY-5", summary="Made during the scan"))
    return site


QUOTA = too_many("1800", **{"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Remaining": "0"})

CASES = (
    Case(
        "jira-cloud", "first_pull_in_pages",
        "Two pages of a token search: there is no total and no startAt, the second page is asked for by its token, and the "
        "last one says isLast. Five tickets with their whole change logs.",
        cloud(page_cap=3, id_page_cap=3), WHOLE, ('"nextPageToken"', '"isLast": true'),
    ),
    Case(
        "jira-cloud", "empty_page_with_a_token",
        "The first page is empty and still has a token: the search goes on.",
        cloud(empty_page=1, page_cap=3, id_page_cap=3), WHOLE, (r'"issues": \[\],\s+"isLast": false',),
    ),
    Case(
        "jira-cloud", "bulk_log_repeats_an_entry",
        "Change logs in pages of two entries: each page begins with the last entry of the page before (JRACLOUD-94906), and "
        "the log of one issue is spread over several pages. Every entry counts once.",
        cloud(), WHOLE, (r"changelog/bulkfetch", '"issueChangeLogs"', '"nextPageToken"'), smaller=narrowed(maxResults=2),
    ),
    Case(
        "jira-cloud", "bulk_log_leaves_one_out",
        "The bulk answer leaves out issue 10003 without a word; its log is then asked for alone.",
        cloud(), WHOLE, (r"issue/10003/changelog",), schedule=_left_out,
    ),
    Case(
        "jira-cloud", "moved_ticket",
        "PAY-3 was moved to another project: a new key and the same id. The move is in its change log.",
        _moved,
        """
        PAY-1 todo full 0
        PAY-2 done full 3
        PAY-4 todo full 0
        PAY-5 todo full 0
        WEB-1 doing full 6
        """,
        ('"toString": "WEB-1"',),
    ),
    Case(
        "jira-cloud", "limited_then_fine",
        "429 with Retry-After: 2, then the right answer.",
        cloud(), WHOLE, ("code: 429", "Retry-After"), schedule=at(3, too_many("2")),
    ),
    Case(
        "jira-cloud", "quota_spent",
        "429 that asks for half an hour: longer than a pull waits, so it stops and says when to come back.",
        cloud(),
        "ComeBack: Jira at https://acme.atlassian.net limits the rate of requests. It asks to wait 1800 s. "
        "What was fetched is kept. @ 2026-09-20T12:30",
        ("1800", "jira-quota-tenant-based"), schedule=always(QUOTA),
    ),
    Case(
        "jira-cloud", "log_in_page",
        "200 with a log-in page in HTML where JSON was expected. Of pages nothing is kept but that they were there.",
        cloud(),
        "Fatal: Jira at https://acme.atlassian.net sent a web page where data was expected, probably a log-in page. "
        "Check base_url, and that it can be reached with a token, past single sign-on.",
        ("text/html",), schedule=always(login_page()),
    ),
    Case(
        "jira-cloud", "wrong_token",
        "401, in plain text and not in Jira's own shape.",
        cloud(),
        "NotLetIn: Jira at https://acme.atlassian.net does not accept the token of robot@acme.example. "
        "Check the e-mail and make a new API token; one with scopes needs the gateway address as base_url.",
        ("code: 401",), token="wrong",
    ),
    Case(
        "jira-cloud", "unknown_project",
        "400: JQL that names a project which is not there, or which the account may not see; Jira does not tell which.",
        cloud(),
        "Fatal: Jira does not show a project of the settings: The value 'NOPE' does not exist for the field 'project'. "
        "Check its key and this account's access.",
        ("code: 400", "NOPE"), projects=("NOPE",),
    ),
    Case(
        "jira-cloud", "repeated_page_token",
        "The second page names itself as the next: a reader that follows tokens blindly never comes to an end.",
        cloud(page_cap=2, id_page_cap=2),
        "Malformed: Jira gave the same page token twice, so the list of issues would never end. Pull again later.",
        ('"isLast": false',), schedule=_repeated,
    ),
    Case(
        "jira-cloud", "what_changed",
        "Two pulls: the second asks for what changed since ten minutes before the first, in epoch milliseconds, because "
        "quoted dates are read in the account's time zone. PAY-4 was started in between.",
        cloud(),
        """
        PAY-1 todo full 0
        PAY-2 done full 3
        PAY-3 doing full 5
        PAY-4 doing full 1
        PAY-5 todo full 0
        """,
        (r"updated >= \d{13}",), later=lambda world: world.change("PAY-4", status="In Progress"),
    ),
    Case(
        "jira-dc", "first_pull",
        "Data Center: pages with startAt and total, change logs embedded, sprints as text of a Java object, parents by Epic "
        "Link, people by name and key.",
        data_center(), WHOLE, (r"sprint\.Sprint@", '"startAt": 0', '"histories"', "Epic Link"),
    ),
    Case(
        "jira-dc", "windows",
        "A search that would find more than the server lists (10,000) is halved by creation date until each part fits. The "
        "totals above three are made up.",
        data_center(), WHOLE, ('"total": 25000',), schedule=_overfull,
    ),
    Case(
        "jira-dc", "moving_total",
        "A ticket is made between two pages, so the total moves: the window is read again, and nothing slips through.",
        _growing,
        """
        PAY-1 todo full 0
        PAY-2 done full 3
        PAY-3 doing full 5
        PAY-4 todo full 0
        PAY-5 todo full 0
        PAY-6 todo full 0
        """,
        ('"total": 5', '"total": 6'),
    ),
    Case(
        "jira-dc", "change_log_cut_short",
        "Embedded change logs hold one entry, and their total tells that there are more: that history is partial.",
        data_center(changelog_cut=1),
        """
        PAY-1 todo full 0
        PAY-2 done partial 2
        PAY-3 doing partial 2
        PAY-4 todo full 0
        PAY-5 todo full 0
        ! contradiction PAY-2
        ! history_cut PAY-2
        ! history_cut PAY-3
        """,
        (r'"maxResults": 1,\s+"total": 3',),
    ),
    Case(
        "jira-dc", "limited_at_once",
        "429 with Retry-After: 0, as the token bucket of a Data Center sends it.",
        data_center(limited=True), WHOLE, ("code: 429",), schedule=at(3, too_many("0")),
    ),
    Case(
        "jira-dc", "wrong_token",
        "401 to an expired personal access token.",
        data_center(),
        "NotLetIn: Jira at https://jira.acme.example does not accept the token. "
        "Make a new one, and check that base_url and kind fit it: an API token of Jira Cloud needs 'email' too.",
        ("code: 401",), token="wrong",
    ),
)  # fmt: skip
