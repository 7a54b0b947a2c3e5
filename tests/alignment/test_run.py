"""A weekly run: four weeks of a company that changes, and what happens when a part of it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alignment import reporting, wiring
from alignment.deliver.delivering import Digest, NotDelivered, send
from alignment.deliver.targets import Target
from alignment.errors import Mend
from alignment.log import logger
from alignment.settings import Settings, read_settings
from alignment.weekly.one_at_a_time import lock_of, one_at_a_time
from alignment.weekly.running import Ran, Wanted, period_of, run
from analyzer.calendar import Calendar
from analyzer.store import Store, scalar
from connectors.connector import ComeBack
from reports import email
from tests.alignment.acme import FIRST, SHARED, WEEK, Acme, settle
from tests.alignment.exported import PERSON, Said, execute
from tests.alignment.inbox import Inbox, text_of
from tests.alignment.killable_run import made
from tests.simulator.server import Fault, Server, failing

ROOT = Path(__file__).parents[2]
MONDAY = FIRST + WEEK + timedelta(hours=6)
"""When the report of 2026-W45 is due."""


def ran(settings: Path, now: datetime, wanted: Wanted = Wanted(), sending: Any = send) -> Ran:  # noqa: B008
    read, mistakes = read_settings(settings)
    assert read is not None and mistakes == []
    return run(read, wanted, lambda: now, sending, logger("text", True, lambda: now))


def states(one: Ran) -> dict[str, str]:
    return {d.target: d.state for d in one.delivered}


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Acme:
    """A short history; what is measured in it is left out: a Result tells when it was made, and its notes."""
    acme = Acme(weeks=1)
    acme.world.now = MONDAY
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", acme.site.account.token)
    monkeypatch.setattr(reporting, "make_result", made)
    return acme


@pytest.fixture
def site(acme: Acme) -> Iterator[Server]:
    with Server(acme.site) as server:
        yield server


# ---------------------------------------------------------------- weeks


WEEKS: tuple[tuple[dict[str, int], str], ...] = (
    ({"growth": 8, "bugs": 4}, ""),
    ({"growth": 5, "bugs": 4, "redesign": 3}, "Parked work: was no signal, is a signal now (0 tickets → 3 tickets)."),
    ({"growth": 2, "bugs": 4, "nothing": 8}, "Unlinked work: 2\u00a0% → 10\u00a0%"),
    ({"growth": 4, "bugs": 4, "redesign": 4}, "Parked work: 3 tickets → 7 tickets"),
)


def test_four_weeks_send_four_digests_and_each_says_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One week is run twice, on Monday and again on Wednesday: that sends nothing, and no later digest looks back to it."""
    acme = Acme()
    monkeypatch.setattr(email, "pictures", lambda _result: ("", []))  # they cost a second a week
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", acme.site.account.token)
    with Server(acme.site) as server, Inbox(tmp_path) as inbox:
        settings = settle(tmp_path, server.url, inbox.target(), SHARED)
        before = None
        for number, (tickets, change) in enumerate(WEEKS):
            acme.week(FIRST + number * WEEK, **tickets)
            monday = acme.world.now = MONDAY + number * WEEK
            one = ran(settings, monday)
            period = f"2026-W{45 + number}"
            assert (one.period, one.errors) == (period, []) and states(one) == {"leaders": "sent", "shared": "sent"}
            result = json.loads((tmp_path / "shared" / f"{period}.json").read_text(encoding="utf-8"))
            assert result["previous"] == before and result["window"]["weeks"][-1] == period
            assert any(c["sentence"].startswith(change) for c in result["changed"]) == bool(change)
            before = result["as_of"]
            message = inbox.posts[-1].message
            assert change.replace("\u00a0", " ") in text_of(message).replace("\u00a0", " ")
            if number == 1:
                again = ran(settings, monday + timedelta(days=2))
                assert states(again) == {"leaders": "already", "shared": "already"} and again.period == period
            assert inbox.arrived == len(inbox.kept) == number + 1
    assert (tmp_path / "reports" / "index.html").read_text(encoding="utf-8").count("2026-11-30.md") == 1
    files = sorted(p.name for p in (tmp_path / "shared").iterdir())
    assert files == [f"2026-W{week}.{form}" for week in range(45, 49) for form in ("json", "md")]
    listed = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert (
        all(f'<th scope="row" class="week">2026-W{week}</th>' in listed for week in range(45, 49)) and ".md" in listed
    )


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_period_is_the_last_complete_week_where_the_organisation_is(zone: str) -> None:
    calendar = Calendar(zone)
    monday = calendar.midnight(20_780).replace(tzinfo=UTC)  # 2026-11-23, local
    assert period_of(calendar, monday) == "2026-W47"
    assert period_of(calendar, monday - timedelta(seconds=1)) == "2026-W46"
    assert period_of(calendar, monday + timedelta(days=7, seconds=-1)) == "2026-W47"


# ---------------------------------------------------------------- what fails


def test_who_failed_is_tried_again_with_the_same_report_and_nobody_else(
    acme: Acme, site: Server, tmp_path: Path
) -> None:
    with Inbox(tmp_path, refusing=True) as inbox:
        settings = settle(tmp_path, site.url, inbox.target(), SHARED)
        one = ran(settings, MONDAY)
        assert states(one) == {"leaders": "failed", "shared": "sent"}
        (error,) = one.errors
        assert isinstance(error, Mend) and "554" in str(error) and "The next run tries again." in str(error)
        sent = (tmp_path / "shared" / "2026-W45.json").read_bytes()
        inbox.refusing = False
        two = ran(settings, MONDAY + timedelta(days=5))
        assert states(two) == {"leaders": "sent", "shared": "already"} and two.errors == [] and len(inbox.kept) == 1
        assert (tmp_path / "shared" / "2026-W45.json").read_bytes() == sent
        assert (tmp_path / "reports" / "2026-W45.json").read_bytes() == sent, (
            "what the message leads to is what it says"
        )
    assert json.loads(sent)["as_of"] == "2026-11-09T06:00:00Z"
    fresh = json.loads((tmp_path / "reports" / "2026-11-14.json").read_text(encoding="utf-8"))
    assert fresh["as_of"] == "2026-11-14T06:00:00Z"


def test_a_target_that_breaks_leaves_the_others_theirs(acme: Acme, site: Server, tmp_path: Path) -> None:
    def sending(target: Target, digest: Digest, environment: Any) -> str:
        if target.name == "shared":
            raise ZeroDivisionError("a mistake of ours")
        return "sent"

    settings = settle(tmp_path, site.url, SHARED, SHARED.replace("shared,", "other,"))
    one = ran(settings, MONDAY, sending=sending)
    assert states(one) == {"shared": "failed", "other": "sent"} and isinstance(one.errors[0], ZeroDivisionError)


def test_force_sends_again_with_the_numbers_of_today_and_one_target_can_be_named(
    acme: Acme, site: Server, tmp_path: Path
) -> None:
    with Inbox(tmp_path) as inbox:
        settings = settle(tmp_path, site.url, inbox.target(), SHARED)
        assert states(ran(settings, MONDAY, Wanted(to=("leaders",)))) == {"leaders": "sent"}
        one = ran(settings, MONDAY + timedelta(hours=1), Wanted(force=True, to=("leaders",)))
        assert states(one) == {"leaders": "sent"} and len(inbox.kept) == inbox.arrived == 2
        late = ran(settings, MONDAY + timedelta(hours=2))
        assert states(late) == {"leaders": "already", "shared": "sent"}
        shared = json.loads((tmp_path / "shared" / "2026-W45.json").read_text(encoding="utf-8"))
        assert shared["as_of"] == "2026-11-09T07:00:00Z", "whoever comes late gets what the others got last"
        with pytest.raises(Mend, match=r"nobody is no target in the settings\. It lists: leaders, shared\."):
            ran(settings, MONDAY, Wanted(to=("nobody",)))


LIMITED = Fault("answer", failing(429, "1800").answer)


def test_a_tracker_that_is_to_be_asked_later_leaves_a_report_that_says_so(acme: Acme, tmp_path: Path) -> None:
    limited = False
    with Server(acme.site, lambda _request: LIMITED if limited else None) as server:
        settings = settle(tmp_path, server.url, SHARED)
        ran(settings, MONDAY)
        limited = True
        one = ran(settings, MONDAY + WEEK)
    assert one.unread == ["jira"] and states(one) == {"shared": "sent"} and one.period == "2026-W46"
    result = json.loads((tmp_path / "shared" / "2026-W46.json").read_text(encoding="utf-8"))
    said = "jira could not be read to its end this time: its newest changes may be missing. It was last read to its end on 2026"
    assert [note for note in result["notes"] if note.startswith(said)]


def test_a_tracker_that_was_never_read_to_its_end_holds_the_digest_back(
    acme: Acme, site: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report on a part of the company is written, and sent to nobody."""
    monkeypatch.setenv("ALIGNMENT_TOKEN_SECOND", acme.site.account.token)
    limited = True
    with Server(acme.site, lambda _request: LIMITED if limited else None) as server:
        settings = settle(tmp_path, site.url, SHARED)
        text = settings.read_text(encoding="utf-8")
        (line,) = [x for x in text.splitlines() if "name: jira" in x]
        both = f"{line}\n{line.replace('jira,', 'second,').replace(site.url, server.url)}"
        settings.write_text(text.replace(line, both), encoding="utf-8")
        one = ran(settings, MONDAY)
        assert one.unread == ["second"] and states(one) == {"shared": "held"} and one.files["md"].exists()
        assert list((tmp_path / "shared").iterdir()) == [] and [type(e) for e in one.errors] == [ComeBack]
        limited = False
        assert states(ran(settings, MONDAY + timedelta(hours=1))) == {"shared": "sent"}


def test_with_nothing_to_score_there_is_no_report(acme: Acme, tmp_path: Path) -> None:
    with Server(acme.site, lambda _request: LIMITED) as server, pytest.raises(ComeBack):
        ran(settle(tmp_path, server.url, SHARED), MONDAY)
    assert not (tmp_path / "reports").exists()


# ---------------------------------------------------------------- the command


@pytest.fixture
def alignment(
    acme: Acme, site: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    settle(tmp_path, site.url, SHARED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "clock", lambda: MONDAY)
    return lambda *args: execute(capsys, "run", *args)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    alignment: Callable[..., Said], site: Server, tmp_path: Path
) -> None:
    before = everything(tmp_path)
    said = alignment("--dry-run")
    assert said.code == 0 and said.err == "" and everything(tmp_path) == before and site.requests == []
    assert said.out.splitlines() == [
        "For week 2026-W45, a run would (nothing was pulled, written or sent):",
        "  pull jira (never pulled yet)",
        "  write md, json to reports",
        "  would send to shared (folder)",
    ]
    alignment("--quiet")
    before, asked = everything(tmp_path), len(site.requests)
    data = alignment("--dry-run", "--json").data
    assert everything(tmp_path) == before and len(site.requests) == asked
    assert data["dry_run"] and data["would"]["deliver"][0]["state"] == "already"
    assert alignment("--dry-run", "--force", "--json").data["would"]["deliver"][0]["state"] == "would"


def test_a_run_sums_up_and_logs_for_people_or_machines(alignment: Callable[..., Said], tmp_path: Path) -> None:
    first = alignment()
    assert first.code == 0 and "  sent to shared (folder): copied 2 files" in first.out and "Week 2026-W45" in first.out
    assert "2026-11-09T06:00:00Z [info     ] pulled" in first.err
    second = alignment("--log", "json", "--json")
    events = [json.loads(line) for line in second.err.splitlines()]
    assert [e["event"] for e in events] == ["begun", "pulled", "scored", "written", "sent before", "over"]
    assert second.data["delivered"][0]["state"] == "already" and second.data["exit_code"] == 0
    quiet = alignment("--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert PERSON not in first.out + first.err + second.err


def test_exit_codes_and_what_is_said_of_failures(
    alignment: Callable[..., Said], acme: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = acme.site.account.token
    (tmp_path / "shared").rmdir()
    said = alignment("--quiet")
    assert said.code == 1 and "shared: There is no folder" in said.err and said.out == ""
    (tmp_path / "shared").mkdir()
    with Server(acme.site, lambda _request: LIMITED) as server:
        settle(tmp_path, server.url, SHARED)
        said = alignment("--log", "json")
    events = [json.loads(line) for line in said.err.splitlines()]
    assert said.code == 4 and events[-1] == {**events[-1], "event": "over", "exit_code": 4}
    assert any("Come back at" in event.get("message", "") for event in events) and "NOT pulled jira" in said.out
    monkeypatch.delenv("ALIGNMENT_TOKEN_JIRA")
    said = alignment("--log", "json")
    (event,) = [json.loads(line) for line in said.err.splitlines() if '"error"' in line]
    assert said.code == 1 and "Set ALIGNMENT_TOKEN_JIRA" in event["message"] and said.out == ""
    (tmp_path / "strategy.yaml").write_text("strategy: x\npriorities: 3\n", encoding="utf-8")
    assert alignment().code == 1
    assert token not in said.err


def test_mail_addresses_stay_out_of_the_log_and_the_store(
    acme: Acme, site: Server, tmp_path: Path, capsys: Any
) -> None:
    def sending(target: Target, digest: Digest, environment: Any) -> str:
        raise NotDelivered("smtp.acme.example refused dana.smith@acme.example (550). Check to: in the settings.")

    read = read_settings(settle(tmp_path, site.url, SHARED))[0]
    assert isinstance(read, Settings)
    run(read, Wanted(), lambda: MONDAY, sending, logger("json", False, lambda: MONDAY))
    assert "[someone]@acme.example" in (logged := capsys.readouterr().err) and "dana" not in logged
    with Store(read.store).reading() as con:
        kept = scalar(con, "SELECT said FROM deliveries")
    assert "[someone]@acme.example" in kept and "dana" not in kept


# ---------------------------------------------------------------- one at a time


HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from alignment.weekly.one_at_a_time import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), datetime(2026, 11, 9, 6, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(600)
"""


def test_one_run_at_a_time_and_a_kill_leaves_no_lock(tmp_path: Path) -> None:
    store = tmp_path / "new" / "a.duckdb"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(store)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(Mend) as refused, one_at_a_time(store, MONDAY):
            pass
        assert f"Another run is under way: process {holder.pid} on " in str(refused.value)
        assert "since 2026-11-09 06:00 UTC" in str(refused.value)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    assert lock_of(store).exists()
    for _ in range(2):
        with one_at_a_time(store, MONDAY):
            assert f'"process": {os.getpid()}' in lock_of(store).read_text(encoding="utf-8")


def test_a_run_beside_another_does_nothing(alignment: Callable[..., Said], site: Server, tmp_path: Path) -> None:
    with one_at_a_time(tmp_path / "alignment.duckdb", MONDAY):
        said = alignment("--quiet")
    assert said.code == 1 and "Another run is under way" in said.err and site.requests == []
