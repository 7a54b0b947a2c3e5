"""Writes labels to a live Linear workspace: by difference, fifty issues at once; a label that is missing is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from connectors.connector import Refused
from connectors.linear.site import NotOpen
from connectors.linear.sweep import UUID
from connectors.text import moment
from connectors.writing import Change, Held, NoWriting

if TYPE_CHECKING:
    from connectors.linear.live import LiveLinear

BATCH = 50
Json = dict[str, Any]


class Labels:
    """The workspace's labels as they are now. A label in a group is called ``Group/Label``."""

    def __init__(self, linear: LiveLinear) -> None:
        self.linear = linear
        self.read()

    def read(self) -> None:
        nodes = [n for n in self.linear.nodes("IssueLabels", "issueLabels") if not n.get("archivedAt")]
        self.known: dict[str, Json] = {str(n["id"]): n for n in nodes}

    def names(self, ident: str) -> Iterator[str]:
        """As the parser names a label: alone, and with its group."""
        node = self.known.get(ident)
        if node is not None:
            yield str(node["name"])
            group = self.known.get(_id(node.get("parent")))
            if group is not None:
                yield f"{group['name']}/{node['name']}"

    def called(self, tag: str, team: str) -> list[str]:
        """Ids of the labels that a tag means in a team: the team's own before the workspace's, groups last."""
        fitting = [
            node for ident, node in sorted(self.known.items())
            if _id(node.get("team")) in ("", team) and tag.lower() in (name.lower() for name in self.names(ident))
        ]  # fmt: skip
        fitting.sort(key=lambda node: (bool(node.get("isGroup")), _id(node.get("team")) == ""))
        return [str(node["id"]) for node in fitting]

    def make(self, tag: str, team: str, is_group: bool = False) -> str:
        """The id of a new label of the workspace, or of the team where the key may not make one for all.

        A name that was taken meanwhile, or by an answer that was lost, is found again.
        """
        group, _, name = tag.rpartition("/")
        wanted: Json = {"name": name, **({"isGroup": True} if is_group else {})}
        if group:
            wanted["parentId"] = next(iter(self.called(group, team)), "") or self.make(group, team, is_group=True)
        try:
            self._make(wanted, team)
        except Refused:
            self.read()
            if not self.called(tag, team):
                raise
        self.read()
        return self.called(tag, team)[0]

    def _make(self, wanted: Json, team: str) -> None:
        try:
            self.linear.site.ask("MakeLabel", input=wanted)
        except NotOpen:
            self.linear.site.ask("MakeLabel", input={**wanted, "teamId": team})


def held(linear: LiveLinear, ids: Sequence[str], labels: Labels) -> dict[str, Held]:
    found: dict[str, Held] = {}
    asked = [i for i in ids if UUID.fullmatch(i)]
    for at in range(0, len(asked), BATCH):
        part = asked[at : at + BATCH]
        nodes = linear.site.ask("LabelsHeld", ids=part, first=len(part))["issues"]["nodes"]
        if any(str(i) not in labels.known for n in nodes for i in n.get("labelIds") or []):
            labels.read()
        for node in (n for n in nodes if not n.get("trashed")):
            names = frozenset(name for i in node.get("labelIds") or [] for name in labels.names(str(i)))
            ident = str(node["id"])
            found[ident] = Held(
                ident, str(node["identifier"]), names, moment(node.get("updatedAt")), _id(node.get("team"))
            )
    return found


def write(linear: LiveLinear, changes: Sequence[Change], labels: Labels) -> dict[str, str]:
    """One call for tickets with the same difference; where Linear refuses it, one each, to know which it was."""
    refused: dict[str, str] = {}
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    try:
        for change in changes:
            try:
                groups.setdefault(_ids_of(change, labels), []).append(change.id)
            except Refused as error:
                refused[change.id] = "; ".join(error.messages)
        for (added, removed), ids in groups.items():
            wanted: Json = {"addedLabelIds": list(added)} if added else {}
            wanted |= {"removedLabelIds": list(removed)} if removed else {}
            for at in range(0, len(ids) if wanted else 0, BATCH):
                refused |= _changed(linear, ids[at : at + BATCH], wanted)
    except NotOpen as error:
        raise NoWriting(
            f"Linear lets this key read and not write: {error} It needs the scope write (of a personal key: Write), and "
            "access to the teams."
        ) from error
    return refused


def _ids_of(change: Change, labels: Labels) -> tuple[tuple[str, ...], tuple[str, ...]]:
    added = [next(iter(labels.called(tag, change.place)), "") or labels.make(tag, change.place) for tag in change.add]
    return tuple(added), tuple(i for tag in change.remove for i in labels.called(tag, change.place))


def _changed(linear: LiveLinear, ids: Sequence[str], wanted: Json) -> dict[str, str]:
    if len(ids) > 1:
        try:
            linear.site.ask("ChangeLabelsOfMany", ids=list(ids), input=wanted)
            return {}
        except Refused:
            pass
    refused = {}
    for ident in ids:
        try:
            linear.site.ask("ChangeLabels", id=ident, input=wanted)
        except Refused as error:
            refused[ident] = "; ".join(error.messages)[:300]
    return refused


def _id(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, dict) else ""
