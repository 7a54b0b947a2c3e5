"""The review in the terminal: the same queue, evidence and decisions, a ticket at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console
from rich.text import Text

from alignment.review.desk import Desk, View
from alignment.review.dossier import Dossier
from alignment.review.queue import NOTHING, Filters
from alignment.scrubbing import scrubbed
from analyzer.decisions import Refused, Stale, Word
from analyzer.mapping import WHOLE

KEYS = (
    "1 2 3 accept · r [2] not that one · n none of the priorities · s ID any priority · j skip · k back · w [1] what would change "
    "· u take back · q end"
)
Ask = Callable[[], str]
"""The next line that a person types; ``EOFError`` ends it."""


class Quit(Exception):
    """The person has had enough."""


class Review:
    """``say`` prints a line, ``ask`` reads one."""

    def __init__(self, desk: Desk, filters: Filters, author: str, console: Console, ask: Ask) -> None:
        self.desk, self.filters, self.author, self.console, self.ask = desk, filters, author, console, ask
        self.page, self.at, self.acts = 1, "", list[int]()

    def run(self) -> int:
        """How many acts stand at the end. Raises Busy, Mistakes, Mend."""
        self._say(KEYS)
        try:
            while (view := self.desk.view(self.filters, self.page, self.at)).dossier is not None:
                self._show(view, view.dossier)
                self._step(view, view.dossier)
            self._say("Nothing that waits fits.")
        except (EOFError, Quit):
            pass
        return len(self.acts)

    def _step(self, view: View, shown: Dossier) -> None:
        """One answer. What is not understood is said, and asked again."""
        key, _, rest = self.ask().strip().partition(" ")
        try:
            if key in ("q", "quit"):
                raise Quit
            if key in ("", "j", "k"):
                self._move(view, back=key == "k")
            elif key == "u":
                self._undo(view)
            elif key == "w":
                self._foretell(shown, rest.strip() or "1")
            elif key == "r":
                self._reject(view, shown, rest.strip() or "1")
            elif key in ("1", "2", "3", "n", "s"):
                self._decide(view, shown, self._word(shown, key, rest.strip()))
            else:
                self._say(KEYS)
        except Stale:
            self._say("Someone decided this meanwhile. Nothing of yours was written; this is how it stands now.")
            for what, how in self.desk.stands([shown.entry.id]).items():
                self._say(f"  {what} {how}")
        except Refused as error:
            for problem in error.problems:
                self._say(f"{problem}.")

    def _word(self, shown: Dossier, key: str, rest: str) -> Word:
        if key == "n":
            return Word(shown.entry.id, ((None, WHOLE),))
        if key == "s":
            if not rest:
                known = ", ".join(self.desk.priorities())
                raise Refused(
                    [f"Name what it serves, e.g. s {next(iter(self.desk.priorities()), 'ID')}. There are: {known}"]
                )
            return Word(shown.entry.id, ((None if rest == NOTHING else rest, WHOLE),))
        return Word(shown.entry.id, ((self._offer(shown, key) or None, WHOLE),))

    def _offer(self, shown: Dossier, place: str) -> str:
        found = [o.target for o in shown.offers if str(o.place) == place]
        if not found:
            raise Refused([f"There is no suggestion {place} here"])
        return found[0]

    def _decide(self, view: View, shown: Dossier, word: Word) -> None:
        self.acts.append(self.desk.say([word], self.author, view.seen))
        self.at = view.after
        self._say(f"Act {self.acts[-1]}: {shown.entry.key} decided. u takes it back.")

    def _reject(self, view: View, shown: Dossier, place: str) -> None:
        target = self._offer(shown, place)
        if not target:
            raise Refused(["To say that it does serve something, say what: s ID"])
        self.acts.append(self.desk.say([Word(shown.entry.id, rejects=target)], self.author, view.seen))
        self._say(f"Act {self.acts[-1]}: not {target}.")

    def _undo(self, view: View) -> None:
        if not self.acts:
            raise Refused(["You have said nothing yet that could be taken back"])
        act = self.acts.pop()
        self.desk.take_back(act, self.author, view.seen)
        self._say(f"Act {act} is taken back.")

    def _foretell(self, shown: Dossier, place: str) -> None:
        told = self.desk.foretell([Word(shown.entry.id, ((self._offer(shown, place) or None, WHOLE),))], self.author)
        for line in (*told.shares, *told.scores):
            now, then = (_figure(v, line.unit) for v in (line.now, line.then))
            self._say(f"  {line.name}: {now} → {then}" if line.moves else f"  {line.name}: {now}, the same")
        self._say(f"  Headline then: {told.headline_then if told.headline_then != told.headline_now else 'the same'}")

    def _move(self, view: View, back: bool) -> None:
        to = view.before if back else view.after
        if to:
            self.at = to
        elif back or view.page.number == view.page.pages:
            self._say("There is no ticket further on.")
        else:
            self.page, self.at = view.page.number + 1, ""

    def _show(self, view: View, shown: Dossier) -> None:
        entry, done = shown.entry, view.progress
        effort = f", {100 * done.effort:.0f} % of their effort" if done.effort is not None else ""
        self.console.print()
        self._say(f"{done.decided:,} of {done.of:,} decided{effort}; {view.page.found:,} wait here.")
        self.console.print(Text(scrubbed(f"{entry.key}  {shown.title}"), style="bold"))
        for line in _lines(shown):
            self._say(f"  {line}")

    def _say(self, text: str) -> None:
        self.console.print(Text(scrubbed(text)), soft_wrap=True)  # a Text: brackets in a title are no mark-up


def _lines(shown: Dossier) -> Iterator[str]:
    above = " › ".join(f"{p.kind} {p.key or p.title}" for p in reversed(shown.path))
    yield " · ".join(x for x in (shown.entry.type, shown.entry.phase, shown.entry.team, above) if x)
    for one in shown.offers:
        yield f"{one.place}  {one.percent:>3} %  {one.name}  ({one.band.lower()})"
    if not shown.offers:
        yield "no suggestion"
    for reason in shown.reasons[:3]:
        yield f"{'−' if reason.against else '+'} {reason.says}"
    if shown.words:
        yield f"words: {', '.join(shown.words)}"
    for like in shown.alike:
        yield f"like {like.key} {like.title}, which serves {like.serves}"
    if shown.margin:
        yield shown.margin


def _figure(value: float | None, unit: str) -> str:
    return "not judged" if value is None else f"{100 * value:.1f} %" if unit == "share" else f"{value:.1f} of 100"
