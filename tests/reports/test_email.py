"""An e-mail stands alone as text, asks for nothing from outside, carries its pictures, and stays small."""

from __future__ import annotations

import copy
import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from reports import email as mail
from reports import words
from tests.reports import messages, sample
from tests.reports.messages import LINK
from tests.reports.sample import Data
from tests.reports.test_messages import NAMES

Build = Callable[[], Data]


class Page(HTMLParser):
    """Elements with their attributes, and the text a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data: str) -> None:
        self.text += data


def sent(result: Data, attached: tuple[str, bytes] | None = None) -> EmailMessage:
    """The message as it is read again from its bytes."""
    raw = mail.message(result, "2026-W47", LINK, attached).as_bytes()
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.fixture(scope="module")
def week() -> EmailMessage:
    """Drawn once: its pictures take a while."""
    return sent(messages.week())


def body(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


def test_its_parts_are_text_page_and_pictures(week: EmailMessage) -> None:
    message = week
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", *["image/png"] * 4]
    assert message["Subject"] == (
        "Alignment 2026-W47: Work is drifting away from Faster checkout, and scope is growing without agreement"
    )
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_text_stands_alone(week: EmailMessage) -> None:
    text = body(week, "plain")
    for part in ("Work is drifting away", words.HOW_SURE["signal"][:30], "Scope creep: watch before, signal now.",
                 "Smallest move: Move about 9 of 64 started items.", "21,364", LINK, "No person's name"):  # fmt: skip
        assert part in text
    assert "<" not in text and max(len(line) for line in text.splitlines() if "http" not in line) <= 76


def test_pictures_are_in_the_message_and_named_for_those_who_do_not_see_them(week: EmailMessage) -> None:
    message = week
    page = Page(body(message, "html"))
    shown = [attributes for tag, attributes in page.elements if tag == "img"]
    carried = {
        part["Content-ID"].strip("<>"): part for part in message.walk() if part.get_content_type() == "image/png"
    }
    assert [one["src"].removeprefix("cid:") for one in shown] == list(carried)
    farthest_first = ["Faster checkout", "Keep the lights on", "Carrier API for partners"]
    assert [one["alt"].partition(":")[0] for one in shown[:3]] == farthest_first
    assert shown[0]["alt"] == "Faster checkout: 20\N{NO-BREAK SPACE}% in 2026-W46, intended 30–40\N{NO-BREAK SPACE}%"
    for part in carried.values():
        png = part.get_payload(decode=True)
        assert isinstance(png, bytes) and png.startswith(b"\x89PNG") and len(png) < 60_000


@pytest.mark.parametrize("build", messages.EVERY)
def test_it_is_small_whatever_the_result(build: Build) -> None:
    result = build()
    before = copy.deepcopy(result)
    made = mail.message(result, "2026-W47", LINK)
    raw = made.as_bytes()
    assert len(raw) < 500_000 and len(body(made, "html").encode()) < 100_000  # Gmail cuts at 102 kB
    assert len(str(made["Subject"])) <= mail.LONGEST_SUBJECT and result == before
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322, section 2.1.1


@pytest.mark.parametrize("hostile", messages.HOSTILE)
def test_foreign_text_stays_text_and_nothing_is_asked_from_outside(hostile: str) -> None:
    result = messages.without_pictures(messages.hostile(hostile))
    message = sent(result)
    assert set(message.keys()) == {"Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}
    page = Page(body(message, "html"))
    known = {ticket["url"] for ticket in result["tickets"].values()} | {LINK}
    assert " ".join(hostile.split()).replace("\x00", "\ufffd").replace("\u202e", "\ufffd") in " ".join(
        page.text.split()
    )
    for tag, attributes in page.elements:
        assert tag not in ("script", "link", "iframe", "object", "svg", "form", "base", "video", "audio")
        assert not [name for name in attributes if name.startswith("on") or name in ("srcset", "background", "action")]
        assert attributes.get("src", "cid:").startswith("cid:") and attributes.get("href", LINK) in known
        assert "url(" not in attributes.get("style", "")
    assert "@import" not in body(message, "html") and "url(" not in body(message, "html")


def test_a_hostile_name_of_a_line_stays_text_beside_its_picture() -> None:
    result = messages.week()
    for finding in result["findings"]:
        for detail in finding["details"]:
            for one in detail.get("lines", ()):
                one["label"] = sample.STYLE
    page = Page(body(sent(result), "html"))
    shown = [attributes for tag, attributes in page.elements if tag == "img"]
    assert len(shown) == 4 and all(one["alt"].startswith(sample.STYLE) for one in shown)
    assert all(one["src"].startswith("cid:") for one in shown) and sample.STYLE in page.text


def test_a_newline_in_a_headline_adds_no_header() -> None:
    message = sent(messages.bare() | {"headline": "a\r\nBcc: all@evil.example"})
    assert message["Bcc"] is None and message["Subject"] == "Alignment 2026-W47: a Bcc: all@evil.example"


def test_it_is_readable_in_the_dark(week: EmailMessage) -> None:
    html = body(week, "html")
    assert 'name="color-scheme" content="light dark"' in html and "prefers-color-scheme: dark" in html
    dark = set(re.findall(r"\.(\w+) \{ (?:color|background)", html))
    for tag, attributes in Page(html).elements:
        if re.search(r"(?:^|;)color:#", attributes.get("style", "")):
            assert dark & set(attributes.get("class", "").split()), (tag, attributes)


def test_the_report_is_attached_where_it_is_wanted() -> None:
    page = b"<!doctype html><p>report</p>"
    message = sent(messages.bare(), ("alignment-2026-W47.html", page))
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "alignment-2026-W47.html" and attachment.get_payload(decode=True) == page
    assert words.ATTACHED in body(message, "plain") and words.ATTACHED in body(message, "html")
    assert words.ATTACHED not in body(sent(messages.bare()), "plain")


def test_without_ranges_there_are_no_pictures() -> None:
    message = sent(sample.empty())
    assert [part for part in message.walk() if part.get_content_type() == "image/png"] == []
    assert "<img" not in body(message, "html")


def test_it_names_no_person(week: EmailMessage) -> None:
    message = week
    said = body(message, "plain") + body(message, "html")
    assert [name for name in NAMES if re.search(rf"\b{name}\b", said)] == []
