"""The review page over real HTTP on loopback: what it shows, what a form decides, and what a stale view is told."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from alignment.review.desk import Desk
from alignment.review.queue import Filters
from alignment.wiring import options, strategies
from analyzer.decisions import Refused, Stale, Word
from analyzer.earned import link
from analyzer.mapping import WHOLE
from analyzer.score import score
from analyzer.store import Store, scalar
from tests.alignment.reviewed import Browser, Served, copied, entered, served, settled, suggest
from tests.analyzer import drawn


@pytest.fixture(scope="module")
def settings_there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    settled(folder)
    return folder


@pytest.fixture
def one(settings_there: Path, tmp_path: Path) -> Iterator[Served]:
    """The drawn company of ``reviewed``, fresh."""
    with served(copied(settings_there, tmp_path)) as made:
        yield made


@pytest.fixture(scope="module")
def reader(settings_there: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """For tests that decide nothing: one server for all of them."""
    with served(copied(settings_there, tmp_path_factory.mktemp("reader"))) as made:
        yield entered(made)
        assert made.decisions() == []


@pytest.fixture
def browser(one: Served) -> Browser:
    return entered(one)


def keys(text: str) -> list[str]:
    """Tickets of the queue, as the page lists them."""
    return re.findall(r'aria-label="Mark ([^"]+)"', text)


def test_the_most_effort_comes_first_and_an_epic_stands_for_what_is_below_it(reader: Browser) -> None:
    page = reader.get("/").text
    listed = keys(page)
    assert listed[0] == "A-1" and len(listed) == 50 and "61 tickets wait" in page and "page 1 of 2" in page
    assert "this ticket and all below it (30 tickets that wait)" in page
    assert len(keys(reader.get("/?page=2").text)) == 11
    assert keys(reader.get("/?page=99").text) == keys(reader.get("/?page=2").text)
    assert not re.search(r"\d person-days", page)


def test_what_it_says_why_and_where_it_stands_is_beside_the_ticket(reader: Browser) -> None:
    page = reader.get("/?at=jira:A-40").text
    assert re.search(r"Path</span> space <b>A</b> A › epic <a [^>]*>A-1</a> Title of A-1 › A-40", page)
    for said in ("72&nbsp;%", "Its words are like those of confirmed tickets", "speaks against it", "checkout", "A-62",
                 "serves Growth, 71&nbsp;% alike", "Trust comes next, 40 points behind."):  # fmt: skip
        assert said in page, said


@pytest.mark.parametrize(
    ("query", "count"),
    [("text=a-2", 11), ("text=TITLE+OF", 61), ("team=A", 61), ("team=Nobody", 0), ("priority=growth", 61), ("priority=trust", 0),
     ("band=one-click", 61), ("band=none", 0), ("project=A&text=A-61", 1), ("text='+OR+1=1", 0)],
)  # fmt: skip
def test_filters_leave_what_fits(reader: Browser, query: str, count: int) -> None:
    found = re.search(r'id="queue-title">([\d,]+) ticket', reader.get(f"/?{query}").text)
    assert found is not None and int(found[1]) == count


def test_a_form_decides_and_the_next_ticket_is_shown(one: Served, browser: Browser) -> None:
    answer = browser.send("/", "decide", does="accept:growth", reason="agreed")
    assert answer.status == 200 and "Act 1: 1 ticket decided." in answer.text
    assert one.decisions() == [("jira:A-1", "growth", "link")]
    assert re.search(r"<b>31</b> of 61 tickets", answer.text), "the epic's tickets have what was said of it"
    at = re.search(r'aria-current="true"><b>([^<]+)', answer.text)
    assert at is not None and at[1] == keys(answer.text)[0] != "A-1"


def test_a_decision_keeps_what_was_offered_and_who_said_it(one: Served, browser: Browser) -> None:
    browser.send("/", "who", author="Head of delivery")
    browser.send("/?at=jira:A-5", "decide", does="accept:trust", reason=" two\n lines ")
    with Store(one.settings.store).reading() as con:
        (row,) = con.execute("SELECT target, author, reason, reach, offered, moment FROM decisions").fetchall()
    assert (
        row[:4] == ("jira:A-5", "Head of delivery", "two lines", "ticket")
        and row[5].isoformat() == "2026-03-02T00:00:00"
    )
    assert '"target":"growth","confidence":0.72' in row[4]


def test_not_this_moves_the_next_suggestion_up_and_links_nothing(one: Served, browser: Browser) -> None:
    page = browser.send("/?at=jira:A-5", "decide", does="reject:growth").text
    assert 'aria-label="Accept Trust">Accept <kbd>1' in page and "does not serve Growth" in page
    assert "61 tickets wait" in page and one.decisions() == [("jira:A-5", "growth", "reject")]


def test_a_ticket_may_serve_two_or_none_and_a_word_may_be_meant_for_all_below(one: Served, browser: Browser) -> None:
    browser.send("/?at=jira:A-5", "decide", does="set", target="growth", second="trust", share="60")
    browser.send("/?at=jira:A-6", "decide", does="nothing")
    page = browser.send("/?at=jira:A-40", "decide", does="set", target="trust", about="jira:A-1|below").text
    assert "<b>33</b> of 61" in page
    with Store(one.settings.store).reading() as con:
        rows = con.execute("SELECT target, priority, weight, reach FROM decisions ORDER BY no").fetchall()
    assert rows == [
        ("jira:A-5", "growth", 600_000, "ticket"), ("jira:A-5", "trust", 400_000, "ticket"),
        ("jira:A-6", None, WHOLE, "ticket"), ("jira:A-1", "trust", WHOLE, "below"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "said"),
    [({"does": ""}, "Nothing was chosen"), ({"does": "set"}, "No priority was chosen"),
     ({"does": "accept:unknown"}, "has no unknown"),
     ({"does": "set", "target": "growth", "second": "trust", "share": "100"}, "from 1 to 99"),
     ({"does": "nothing", "about": "jira:A-62|below"}, "is not under what was chosen")],
)  # fmt: skip
def test_a_form_that_makes_no_sense_is_told_why(reader: Browser, form: dict[str, str], said: str) -> None:
    answer = reader.send("/?at=jira:A-40", "decide", **form)
    assert answer.status == 422 and said in unescape(answer.text)


def test_many_are_previewed_and_then_decided_in_one_act(one: Served, browser: Browser) -> None:
    preview = browser.send("/", "bulk", does="first", ticket=["jira:A-5", "jira:A-6"])
    assert "Decide 2 tickets in one act?" in preview.text and one.decisions() == []
    done = browser.post("/decide", preview.form("decide") | {"does": "first"})
    assert "2 tickets decided" in done.text
    assert one.decisions() == [("jira:A-5", "growth", "link"), ("jira:A-6", "growth", "link")]
    assert browser.send("/", "bulk", does="first").status == 422


def test_an_act_is_taken_back_and_the_log_says_so(one: Served, browser: Browser) -> None:
    browser.send("/?at=jira:A-5", "decide", does="accept:growth")
    page = browser.send("/", "undo").text
    assert "Act 1 is taken back (act 2)." in page and "<b>0</b> of 61" in page and "Take back act" not in page
    log = browser.get("/acts").text
    assert "took act 1 back" in log and "taken back by act 2" in log and "A-5 → Growth" in log


def test_a_decision_on_a_stale_view_is_refused_and_shown_again(one: Served, browser: Browser) -> None:
    other = entered(one)
    mine, theirs = browser.get("/?at=jira:A-5"), other.get("/?at=jira:A-5")
    assert other.post("/decide", theirs.form("decide") | {"does": "accept:trust"}).status == 200
    late = browser.post("/decide", mine.form("decide") | {"does": "accept:growth"})
    assert (
        late.status == 409 and "Someone decided this meanwhile" in late.text and "<b>A-5</b> serves Trust" in late.text
    )
    assert one.decisions() == [("jira:A-5", "trust", "link")]
    mine, theirs = browser.get("/?at=jira:A-7"), other.get("/?at=jira:A-7")
    other.post("/decide", theirs.form("decide") | {"does": "reject:growth"})
    late = browser.post("/decide", mine.form("decide") | {"does": "accept:growth"})
    assert late.status == 409 and "does not serve Growth" in late.text
    again = browser.post("/decide", late.form("decide") | {"does": "accept:growth"})
    assert again.status == 200 and one.decisions()[-1] == ("jira:A-7", "growth", "link"), (
        "one who has seen it may insist"
    )


def test_foreign_text_is_text_and_no_address_but_the_web(tmp_path: Path) -> None:
    settings = settled(tmp_path)
    bad = "</h2><script>alert(1)</script>\u202e"
    with Store(settings.store).writing() as con:
        con.execute("UPDATE tickets SET title = ?, body = ?, url = 'javascript:alert(1)' WHERE key = 'A-5'", [bad, bad])
        con.execute("DELETE FROM suggestions WHERE ticket = 'jira:A-5'")
        why = '{"evidence": [{"says": "<b>x", "contribution": 1}], "words": [["<i>", 1]], "nearest": [{"key": "<u>"}]}'
        suggest(con, [("jira:A-5", 1, "growth", 0.9, "one-click", why, "", "test", None)])
    with served(settings) as one:
        page = entered(one).get("/?at=jira:A-5").text
    body = page[page.index("<main") :]
    assert "<script" not in body and "javascript:" not in body and "\u202e" not in body
    assert "&lt;/h2&gt;&lt;script&gt;" in body and not re.search("<[biu]>[x<]", body)


def test_people_are_hidden(tmp_path: Path) -> None:
    settings = settled(tmp_path)
    with Store(settings.store).writing() as con:
        con.execute("UPDATE tickets SET title = 'Ask ada@example.com', body = 'as [~ada] said' WHERE key = 'A-5'")
    with served(settings) as one:
        page = entered(one).get("/?at=jira:A-5").text
    assert "ada@" not in page and "~ada" not in page and page.count("(a person)") >= 2


def test_what_is_foretold_is_what_the_next_report_says(one: Served, browser: Browser) -> None:
    words = [Word(f"jira:A-{n}", (("growth", WHOLE),)) for n in range(2, 12)]
    told = one.desk.foretell(words, "tester")
    assert one.decisions() == [], "to foretell is to write nothing"
    one.desk.say(words, "tester", 0)
    with Store(one.settings.store).reading() as con:
        result = score(con, strategies(one.settings.strategy), options(one.settings), drawn.AS_OF, "Acme")
    unlinked = next(f for f in result.findings if f.meta.id == "unlinked_work")
    drift = next(f for f in result.findings if f.meta.id == "priority_drift")
    shares = {line.name: line for line in told.shares}
    assert shares["Unlinked work"].then == unlinked.value != shares["Unlinked work"].now
    assert told.headline_then == result.headline != told.headline_now
    assert unlinked.score and drift.score
    assert {s.name: s.then for s in told.scores} == {
        "Intended mix": drift.score.value, "Agreed scope": None, "Linked work": unlinked.score.value
    }  # fmt: skip
    with pytest.raises(Refused):
        one.desk.foretell([Word("jira:A-5", (("unknown", WHOLE),))], "tester")
    form = browser.get("/?at=jira:A-20").form("decide") | {"does": "accept:trust"}
    page = browser.post("/foretell", form).text
    assert "What the next report would say" in page and "Unlinked work" in page and len(one.decisions()) == 10


def test_a_store_that_another_process_holds_is_said(one: Served, browser: Browser) -> None:
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    one.desk.store.patience = 0.05
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(one.settings.store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        answer = browser.get("/")
        other.communicate()
    assert answer.status == 503 and "The store is in use." in answer.text
    assert browser.get("/").status == 200


def test_a_mistake_in_the_strategy_is_said_with_its_line(one: Served, browser: Browser) -> None:
    one.settings.strategy.write_text("strategy: x\npriorities: 7\n", encoding="utf-8")
    answer = browser.get("/")
    assert answer.status == 500 and "A file of yours has mistakes." in answer.text and "strategy.yaml:2" in answer.text


def test_new_suggestions_and_a_new_strategy_are_seen_without_a_restart(one: Served, browser: Browser) -> None:
    assert "61 tickets wait" in browser.get("/").text
    with Store(one.settings.store).writing() as con:
        con.execute(
            "UPDATE suggestions SET scored = TIMESTAMP '2026-03-02', confidence = 0.5 WHERE ticket = 'jira:A-5'"
        )
    assert "50&nbsp;%" in browser.get("/?at=jira:A-5").text
    text = one.settings.strategy.read_text(encoding="utf-8").replace("{label: upkeep}", "{epic: A-1}")
    one.settings.strategy.write_text(text, encoding="utf-8")
    assert "30 tickets wait" in browser.get("/").text


def test_the_desk_says_nothing_on_a_view_that_is_old(settings_there: Path, tmp_path: Path) -> None:
    desk = Desk(copied(settings_there, tmp_path), lambda: drawn.AS_OF)
    seen = desk.view(Filters()).seen
    act = desk.say([Word("jira:A-5", (("growth", WHOLE),))], "one", seen)
    with pytest.raises(Stale):
        desk.say([Word("jira:A-6", (("trust", WHOLE),)), Word("jira:A-5", (("trust", WHOLE),))], "two", seen)
    desk.take_back(act, "one", act)
    with pytest.raises(Stale):
        desk.say([Word("jira:A-5", (("trust", WHOLE),))], "two", act)


def test_what_a_suggestion_linked_alone_waits_for_nobody_until_it_is_taken_back_or_rejected(
    settings_there: Path, tmp_path: Path
) -> None:
    desk = Desk(copied(settings_there, tmp_path), lambda: drawn.AS_OF)
    sure = [f"jira:A-{n}" for n in (5, 6, 7)]
    found = pd.DataFrame({"ticket": sure, "place": 1, "target": ["growth", "growth", "gone"], "confidence": 0.97})

    def waiting() -> set[str]:
        return {d.entry.id for d in desk.dossiers(sure)[0]}

    with desk.store.writing() as con:
        assert link(con, found, drawn.AS_OF) == 3
        act = scalar(con, "SELECT max(act) FROM decisions")
    assert waiting() == {"jira:A-7"}, "what it was linked to is no priority of the strategy"
    before = desk.view(Filters()).progress
    desk.say([Word("jira:A-5", rejects="growth")], "one", desk.view(Filters()).seen)
    assert waiting() == {"jira:A-5", "jira:A-7"} and desk.view(Filters()).progress.of == before.of + 1
    desk.take_back(act, "one", desk.view(Filters()).seen)
    assert waiting() == set(sure)
