"""Several trackers are pulled at once into one store; progress tells what is known and promises nothing else."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alignment.cli import run
from alignment.pulling import progress as showing
from alignment.pulling.progress import Telling, Watched, spelled
from alignment.pulling.pull import Progress, Pulled, pull
from alignment.pulling.several import pull_all
from analyzer.store import Store
from connectors.calls import Pace, Policy
from connectors.connector import ComeBack, Connector, Fatal, ParseOptions, Payload
from connectors.example import ExampleJira
from tests.alignment.test_live_pull import FEW, jira, jira_world, linear, linear_world, rows
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Fault, Request, Server, failing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 13, tzinfo=UTC)


class Sources:
    """A Jira Cloud, a Data Center under another name and a Linear, answering slowly enough to be at work together."""

    def __init__(self, schedule: Any = lambda _r: None) -> None:
        self.cloud = JiraCloud(world=jira_world(FEW).copy())
        self.dc = JiraDataCenter(world=jira_world(FEW).copy(), page_cap=20)
        self.linear = LinearSimulator(linear_world(FEW))
        self.servers = [Server(self.cloud), Server(self.dc, schedule), self.linear.serve()]

    def __enter__(self) -> list[tuple[Connector, ParseOptions]]:
        for server in self.servers:
            server.__enter__()
        old = jira(self.servers[1], self.dc, cloud=False)
        old.name = "old"
        all_: list[Connector] = [jira(self.servers[0], self.cloud, cloud=True), old]
        all_.append(linear(self.servers[2], self.linear.key))
        return [(connector, ParseOptions()) for connector in all_]

    def __exit__(self, *_: object) -> None:
        for server in self.servers:
            server.__exit__(None, None, None)


def pulled(path: Path, trackers: list[tuple[Connector, ParseOptions]]) -> Any:
    def one(connector: Connector, options: ParseOptions, tell: Progress) -> Pulled:
        return pull(Store(path), connector, options, NOW, tell)

    return pull_all(trackers, one, Telling([connector for connector, _ in trackers]))


def test_three_trackers_at_once_leave_what_one_after_the_other_leaves(tmp_path: Path) -> None:
    with Sources() as trackers:
        done, failed = pulled(tmp_path / "together.duckdb", trackers)
        assert not failed and [got.tracker for _, got in done] == ["jira", "old", "linear"]
        assert all(got.fetched == FEW for _, got in done)
    with Sources() as trackers:
        for tracker in trackers:
            pulled(tmp_path / "apart.duckdb", [tracker])
    assert rows(tmp_path / "together.duckdb") == rows(tmp_path / "apart.duckdb")


def test_one_that_is_to_come_back_lets_the_others_finish(tmp_path: Path) -> None:
    limited = Fault("answer", failing(429, "1800").answer)
    with Sources(lambda _request: limited) as trackers:
        done, failed = pulled(tmp_path / "a.duckdb", trackers)
    assert [got.tracker for _, got in done] == ["jira", "linear"] and [type(e) for e in failed] == [ComeBack]


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([ComeBack("Jira limits.", LATER), ComeBack("Linear limits.", LATER)], 4),
        ([ComeBack("Jira limits.", LATER), Fatal("Linear knows no such key.")], 1),
        ([Fatal("Linear knows no such key."), RuntimeError("unheard of")], 5),
    ],
)
def test_each_says_its_sentence_and_the_worst_code_counts(
    errors: list[Exception], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise ExceptionGroup("several trackers", errors)

    assert run(command) == code
    said = capsys.readouterr().err
    assert all(str(error) in said for error in errors)


def test_readers_and_writers_of_one_store_take_turns(tmp_path: Path) -> None:
    """DuckDB would refuse the second of two that open a file in different ways."""
    store, wrong = Store(tmp_path / "a.duckdb"), list[BaseException]()

    def use(number: int) -> None:
        try:
            for _ in range(5):
                with (store.reading if number % 2 else store.writing)() as con:
                    con.execute("SELECT count(*) FROM tickets").fetchall()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_interrupt_ends_every_tracker_soon(tmp_path: Path) -> None:
    """A wait of two minutes for a limit does not keep the program alive."""

    class Interrupted(ExampleJira):
        def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload]:
            end = time.monotonic() + 10
            while not live.site.waited and time.monotonic() < end:
                time.sleep(0.01)
            raise KeyboardInterrupt
            yield

    site = JiraCloud(world=jira_world(FEW).copy())

    def limited(request: Request) -> Fault | None:
        return Fault("answer", failing(429, "100").answer) if request.number > 2 else None

    with Server(site, limited) as server:
        live = jira(server, site, cloud=True, policy=Policy(clock=lambda: NOW))
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            pulled(tmp_path / "a.duckdb", [(live, ParseOptions()), (Interrupted(), ParseOptions())])
    assert time.monotonic() - begin < 20 and live.site.waited >= 100


class Counted:
    """Stands for a live connector: what progress looks at."""

    name = "jira"
    live = True

    def __init__(self, **known: Any) -> None:
        self.pace = Pace()
        self.site = type("Site", (), {"policy": type("Policy", (), {"pace": self.pace})()})()
        self.__dict__.update(known)


def watched(marks: list[tuple[float, int]], step: str = "fetched", **known: Any) -> Watched:
    one = Watched(Counted(**known))  # type: ignore[arg-type]
    for moment, count in marks:
        one.heard(step, count, moment)
    return one


def test_time_left_is_taken_from_the_pace_of_the_last_minute() -> None:
    """An hour ago it was ten times as fast."""
    one = watched([(0, 0), (10, 10_000), (3_600, 20_000), (3_630, 20_500), (3_660, 21_000)], expected=22_000)
    assert (
        one.left(3_660) == 60 and "21,000 of 22,000 tickets" in one.line(3_660) and "about 60 s left" in one.line(3_660)
    )


@pytest.mark.parametrize(
    ("marks", "known", "said"),
    [
        ([], {"expected": 0}, "time left unknown"),
        ([(0, 10)], {"expected": 100}, "time left unknown"),
        ([(28, 10), (29, 20)], {"expected": 100}, "time left unknown"),
        ([(0, 10), (20, 10)], {"expected": 100}, "time left unknown"),
        ([(0, 10), (20, 300)], {"expected": 200}, "time left unknown"),
        ([(0, 10), (20, 300)], {}, "total unknown"),
        ([(0, 0), (20, 200)], {"expected": 200}, "about 1 s left"),
    ],
)
def test_what_nobody_can_know_is_not_promised(marks: list[tuple[float, int]], known: dict[str, Any], said: str) -> None:
    line = watched(marks, **known).line(30)
    assert said in line and "-" not in line


def test_a_line_fits_a_narrow_terminal() -> None:
    one = watched([(0, 0), (60, 340_000)], expected=1_200_000)
    one.connector.pace.asked, one.connector.pace.waited, one.connector.pace.why = 31_041, 1_712, "a limit"  # type: ignore[attr-defined]
    for width in (80, 60):
        assert len(one.line(60, width)) <= width and "340,000/1,200,000" in one.line(60, width)
        assert "31,041 req" in one.line(60, width) and "~3 min" in one.line(60, width)
    assert "waited 1,712 s (waiting now)" in one.line(60, 200)


def test_a_log_gets_a_line_after_ten_seconds_and_then_every_thirty() -> None:
    now = [0.0]
    telling = Telling([Counted(expected=0)], clock=lambda: now[0])  # type: ignore[list-item]
    at = []
    for second in range(0, 100):
        now[0] = float(second)
        at += [second] * len(telling.due())
    assert at == [10, 40, 70]
    telling.finish("jira")
    now[0] = 200
    assert telling.due() == []


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59.1, "60 s"), (91, "2 min"), (5_000, "84 min"), (9_000, "3 h")]
)
def test_time_is_spelled_rounded_up(seconds: float, said: str) -> None:
    assert spelled(seconds) == said


def test_quiet_says_nothing_and_a_terminal_sees_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for quiet, said in ((True, False), (False, True)):
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setenv("TERM", "xterm")
        with showing.progress([Counted(expected=50)], quiet) as telling:  # type: ignore[list-item]
            telling.tell("jira", "fetched", 20)
            time.sleep(0.4)
        assert ("20/50" in screen.getvalue()) is said
