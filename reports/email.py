"""A Result becomes an e-mail: plain text that stands alone, and HTML that asks for nothing from outside the message.

Structure: RFC 2046 (multipart/alternative), RFC 2387 and RFC 2392 (pictures by cid), RFC 3834 (Auto-Submitted, so that no
absence note answers). Tables and inline styles because Outlook for Windows draws with Word; HTML below 100 kB because Gmail cuts
at 102 kB; ``color-scheme`` and own dark colours for clients that read them, and a light ground under each picture for those that
turn colours round (sitepoint.com, "Essential Tips and Tricks for Coding HTML Emails").
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from reports import words
from reports.email_pictures import Picture, pictures
from reports.gist import Gist, gist
from reports.html import environment
from reports.safety import plain, short
from reports.story import Data

LONGEST_SUBJECT = 120
TICKETS_A_DECISION = 8
WIDTH = 76


def message(result: Data, period: str = "", link: str = "", attached: tuple[str, bytes] | None = None) -> EmailMessage:
    """The message without sender, recipients and date. ``attached`` is the name and content of the report's HTML file."""
    said = gist(result, link)
    title, drawn = pictures(plain(result))
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = short(words.subject(period, said.headline), LONGEST_SUBJECT)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_lines(said, attached is not None)) + "\n")
    mail.add_alternative(_html(said, title, drawn, attached is not None), subtype="html")
    page = mail.get_payload()[1]  # type: ignore[index]
    assert isinstance(page, EmailMessage)
    for number, picture in enumerate(drawn):
        page.add_related(
            picture.png, "image", "png", cid=f"<{_cid(number)}>", disposition="inline", filename=f"{_cid(number)}.png"
        )
    if attached is not None:
        mail.add_attachment(attached[1], "text", "html", filename=attached[0], params={"charset": "utf-8"})
    return mail


def _cid(number: int) -> str:
    return f"picture-{number + 1}@alignment"


def _html(said: Gist, title: str, drawn: list[Picture], attached: bool) -> str:
    rows = [list(enumerate(drawn))[start : start + 2] for start in range(0, len(drawn), 2)]
    return environment().get_template("email.html.j2").render(
        said=said, title=title, rows=rows, cid=_cid, attached=attached, words=words, most=TICKETS_A_DECISION
    )  # fmt: skip


def _lines(said: Gist, attached: bool) -> Iterator[str]:
    yield from _wrapped(said.headline)
    yield "=" * min(WIDTH, len(said.headline))
    yield from _wrapped(said.where)
    yield ""
    yield from _wrapped(f"{said.verdict}. {said.sure}")
    if said.since:
        yield from _wrapped(f"{words.SINCE}: {said.since}")
    if said.changes:
        yield from _titled(words.CHANGED)
        for change in said.changes:
            yield from _wrapped(change, "- ")
    yield from _titled(words.DECIDE)
    yield from _wrapped(said.quiet) if said.quiet else ()
    for number, ask in enumerate(said.asks, 1):
        yield from _wrapped(f"{ask.verdict}: {ask.title}. {ask.sentence}", f"{number}. ")
        yield from _wrapped(f"{words.MOVE}: {ask.move}", "   ") if ask.move else ()
        shown, more = ask.shown(TICKETS_A_DECISION)
        keys = [key for key, _ in shown] + ([words.and_more(more)] if more and shown else [])
        yield from _wrapped(f"{words.TICKETS}: {', '.join(keys)}", "   ") if keys else ()
        yield ""
    yield from _titled(words.COVERAGE)
    yield from _wrapped(said.seen)
    yield ""
    if said.link:
        yield f"{words.OPEN_REPORT}: {said.link}"
    if attached:
        yield words.ATTACHED
    yield ""
    yield from _wrapped(words.MESSAGE_FOOTER)


def _titled(title: str) -> list[str]:
    return ["", title.upper(), ""]


def _wrapped(text: str, begin: str = "") -> list[str]:
    """Lines of at most 76 characters; numbers stay with their units, since the spaces between them do not break."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin), break_long_words=False, break_on_hyphens=False
    )  # fmt: skip
