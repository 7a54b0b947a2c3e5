"""What a form says becomes the words of one act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starlette.datastructures import FormData

from alignment.review.dossier import Dossier
from alignment.review.queue import NOTHING
from analyzer.decisions import Part, Refused, Word
from analyzer.mapping import WHOLE

FIRST = "first"
"""Of several tickets: what each one's likeliest suggestion says."""


def words_of(form: FormData, dossiers: Sequence[Dossier]) -> list[Word]:
    """``does`` says what: ``accept:TARGET``, ``reject:TARGET``, ``nothing``, ``set`` (with ``target``, ``share`` and ``second``) or
    ``first``. Raises Refused."""
    does, _, target = str(form.get("does", "")).partition(":")
    reason = " ".join(str(form.get("reason", "")).split())[:500]
    about = str(form.get("about", ""))
    words = list(_each(does, target, form, dossiers, reason))
    if about and len(dossiers) == 1 and does != "reject":
        allowed = dict(dossiers[0].abouts)
        if about not in allowed:
            raise Refused([f"{dossiers[0].entry.key} is not under what was chosen. Load the page again"])
        name, _, below = about.partition("|")
        words = [Word(name, w.parts, reach="below" if below else "ticket", reason=reason) for w in words]
    if not words:
        raise Refused(["None of these tickets has a suggestion to accept. Set a priority instead"])
    return words


def _each(does: str, target: str, form: FormData, dossiers: Sequence[Dossier], reason: str) -> Iterator[Word]:
    for one in dossiers:
        if does == FIRST:
            if one.offers:
                yield Word(one.entry.id, ((one.offers[0].target or None, WHOLE),), reason=reason)
        elif does == "reject" and target:
            yield Word(one.entry.id, rejects=target, reason=reason)
        elif does == "accept":
            yield Word(one.entry.id, ((target or None, WHOLE),), reason=reason)
        elif does == NOTHING:
            yield Word(one.entry.id, ((None, WHOLE),), reason=reason)
        elif does == "set":
            yield Word(one.entry.id, _parts(form), reason=reason)
        else:
            raise Refused(["Nothing was chosen. Choose what the ticket serves"])


def _parts(form: FormData) -> tuple[Part, ...]:
    """One priority, or two by share."""
    first, second = str(form.get("target", "")), str(form.get("second", ""))
    if not first:
        raise Refused(["No priority was chosen. Choose one from the list"])
    if not second:
        return ((_served(first), WHOLE),)
    share = str(form.get("share", "")).strip()
    if not share.isdecimal() or not 0 < int(share) < 100:
        raise Refused(["A ticket that serves two needs the first one's share. Write a number from 1 to 99"])
    part = int(share) * WHOLE // 100
    return (_served(first), part), (_served(second), WHOLE - part)


def _served(name: str) -> str | None:
    return None if name == NOTHING else name
