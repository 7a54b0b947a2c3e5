"""What only the whole strategy file can show: ids that clash, shares that cannot add up, names that mean nothing.

The checks read the file as written, not the finished model, so that they speak even where another part is broken.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.located_yaml import Group, groups
from analyzer.plain_words import nearest, quoted
from analyzer.problem import Mistake
from analyzer.strategy import share_or_none
from analyzer.written import Condition, Share

SMALL = 1e-9
"""Shares are sums of decimal fractions; below this a difference is rounding."""


def check(group: Group) -> list[Mistake]:
    """The mistakes across one strategy file, with their lines."""
    return [
        *_ids(group), *_tags(group), *_too_much(group), *_teams(group), *_assumptions(group), *_weeks(group),
    ]  # fmt: skip


def advise(group: Group) -> list[Mistake]:
    """What is allowed but hardly meant: upper ends that, with the allowance, never reach 100 %."""
    written = list(_shares(group))
    allowance = share_or_none(group.get("unlinked_allowance"))
    everyone = len(written) == len(list(groups(group.get("priorities")))) > 0
    reach = sum(share.high for _, share, _ in written) + (allowance.high if allowance else 0.0)
    if not everyone or reach >= 1 - SMALL:
        return []
    return [
        Mistake(
            group.file,
            group.lines["priorities"],
            f"the upper ends of all shares and the unlinked allowance reach only {_percent(reach)}, "
            "so some effort is always outside",
            f"Raise some, or add the priority that takes the other {_percent(1 - reach)}",
        )
    ]


def _ids(group: Group) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for one in [*groups(group.get("priorities")), *groups(group.get("not_now"))]:
        id, line = one.get("id"), one.lines.get("id", one.line)
        if not isinstance(id, str):
            continue
        if id in seen:
            what = f"id {quoted(id)} is already taken on line {seen[id]}"
            yield Mistake(group.file, line, what, "Give one of them another id")
        seen.setdefault(id, line)


def _tags(group: Group) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for one in groups(group.get("priorities")):
        tag, line = one.get("tag"), one.lines.get("tag", one.line)
        if not isinstance(tag, str):
            continue
        if tag in seen:
            what = f"tag {quoted(tag)} is already used on line {seen[tag]}"
            yield Mistake(group.file, line, what, "Give each priority its own tag")
        seen.setdefault(tag, line)


def _shares(group: Group) -> Iterator[tuple[str, Share, int]]:
    for one in groups(group.get("priorities")):
        if (share := share_or_none(one.get("share"))) is not None:
            yield str(one.get("id")), share, one.lines["share"]


def _too_much(group: Group) -> Iterator[Mistake]:
    written = list(_shares(group))
    total, over = 0.0, 0
    for _, share, line in written:
        total += share.low
        over = over or (line if total > 1 + SMALL else 0)
    if over:
        ends = ", ".join(f"{id} {_percent(share.low)}" for id, share, _ in written if share.low)
        what = f"the lower ends of the shares add up to {_percent(total)}, more than everything"
        yield Mistake(group.file, over, what, f"Lower some of them: {ends}")


def _teams(group: Group) -> Iterator[Mistake]:
    known, teams = _known(group, "priorities"), group.get("teams")
    for team, mix in teams.items() if isinstance(teams, Group) else ():
        if not isinstance(mix, Group):
            continue  # told by the model
        total = 0.0
        for id, written in mix.items():
            if id not in known:
                what = f"the mix of {team} names {quoted(id)}, which is no priority here"
                yield Mistake(group.file, mix.lines[id], what, _suggest(str(id), known))
            if (share := share_or_none(written)) is not None:
                total += share.low
        if total > 1 + SMALL:
            what = f"the lower ends of {team}'s mix add up to {_percent(total)}, more than everything"
            yield Mistake(group.file, mix.line, what, "Lower some of them")


def _assumptions(group: Group) -> Iterator[Mistake]:
    known = _known(group, "priorities") | _known(group, "not_now")
    for one in groups(group.get("assumptions")):
        try:
            condition = Condition.parse(one.get("holds_if"))
        except ValueError:
            continue  # told by the model
        if condition.fact in ("share", "finished") and condition.name and condition.name not in known:
            what = f"holds_if names {quoted(condition.name)}, which is no id in this file"
            yield Mistake(group.file, one.lines["holds_if"], what, _suggest(condition.name, known))


def _weeks(group: Group) -> Iterator[Mistake]:
    known, parked = _known(group, "priorities"), _known(group, "not_now")
    weeks = group.get("weeks")
    for name, week in weeks.items() if isinstance(weeks, Group) else ():
        focus = week.get("focus") if isinstance(week, Group) else None
        for id in [focus] if isinstance(focus, str) else focus if isinstance(focus, list) else []:
            if not isinstance(id, str) or not id or id in known:
                continue
            if id in parked:
                what, fix = (
                    f"the focus of {name} is {quoted(id)}, which is parked",
                    "Move it from not_now to priorities",
                )
            else:
                what = f"the focus of {name} is {quoted(id)}, which is no priority here"
                fix = _suggest(id, known)
            yield Mistake(group.file, week.lines["focus"], what, fix)


def _known(group: Group, key: str) -> set[str]:
    return {one["id"] for one in groups(group.get(key)) if isinstance(one.get("id"), str)}


def _suggest(id: str, known: set[str]) -> str:
    return nearest(id, sorted(known), f"Write one of: {', '.join(sorted(known)) or '(there is none yet)'}")


def _percent(share: float) -> str:
    return f"{share * 100:.4g}%"
