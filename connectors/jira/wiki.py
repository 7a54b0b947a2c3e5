"""Jira's wiki markup as plain text: a block a line, bullets as ``- item``, no blank lines, nobody's name from a mention."""

from __future__ import annotations

import re

DEEPEST = 8
"""Lists nested deeper are drawn no deeper: the indent of a hostile text would be longer than the text."""

PLACE = "\ue000"
"""Stands for a piece that is finished while the rest of its line is read."""

VERBATIM = re.compile(r"\{(code|noformat)(?::[^}\n]{0,200})?\}")
PIECE = re.compile(
    rf"""
      {PLACE}
    | \\\\(?P<broken>(?=\s|\Z))
    | \\(?P<escaped>[{{}}\[\]*_+\-^~!|\#?])
    | \{{\{{(?P<mono>[^{{}}\n]+)\}}\}}
    | \{{(?:[*_+^~-]|\?\?)\}}                                                       # {{*}}: bold inside a word
    | \{{(?:panel|expand)(?::(?P<titled>[^{{}}\n]*))?\}}
    | \{{(?:quote|color|anchor|info|tip|note|warning|section|column|toc|align|center|html|adf)(?::[^{{}}\n]*)?\}}
    | \[(?P<link>[^\[\]\n]+)\]
    | !(?:https?://)?[^\s!|][^!|\n]*\.[A-Za-z0-9]{{2,5}}(?:\|[^!\n]*)?!                # an image
    """,
    re.VERBOSE,
)
TITLE = re.compile(r"(?:^|\|)title=([^|]*)")
ADDRESS = re.compile(r"(?:https?|ftp|file)://|www\.", re.IGNORECASE)
RULE = re.compile(r"\s*-{4,}\s*")
HEADING = re.compile(r"\s*(?:h[1-6]|bq)\.(?:\s+|$)")
BULLET = re.compile(r"(\s*)([*#]+-?|-)\s+(?=\S)")
EFFECTS = {
    mark: re.compile(rf"(?<![\w{mark}])[{mark}](?=[^\s{mark}])([^{mark}\n]*)(?<=[^\s{mark}])[{mark}](?![\w{mark}])")
    for mark in "*_+"
} | {"??": re.compile(r"\?\?(?=[^\s?])([^?\n]*)(?<=[^\s?])\?\?")}
"""Bold, emphasis, insertion, citation. Deletion keeps its dashes: the text still stands, and dashes mean much else."""


def plain_wiki(text: str) -> str:
    """``text`` without its markup. What holds no markup stays as it is, but for blank lines and trailing spaces."""
    out: list[str] = []
    at = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    while opening := VERBATIM.search(text, at):
        out.append(_read(text[at : opening.start()]))
        closing = f"{{{opening[1]}}}"
        end = text.find(closing, opening.end())
        out.append(text[opening.end() : end if end >= 0 else len(text)])
        at = end + len(closing) if end >= 0 else len(text)
    out.append(_read(text[at:]))
    return tidy("".join(out))


def tidy(text: str) -> str:
    """Without blank lines, spaces at the end of lines and around the whole."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line and not line.isspace()).strip()


def linked(text: str, address: str) -> str:
    """A link in words: its text and where it leads. Mail addresses and places on the same page are left out."""
    if not address or address == text or address.startswith(("#", "^", "mailto:")):
        return text
    return f"{text} ({address})" if text.strip() else address


def _read(text: str) -> str:
    """A stretch outside code blocks. Pieces that are finished stand aside while lines and text effects are read."""
    finished: list[str] = []

    def put_aside(hit: re.Match[str]) -> str:
        said = _said(hit)
        if said is None:
            return hit[0]
        finished.append(said)
        return PLACE

    lines = [_line(line) for line in PIECE.sub(put_aside, text).split("\n")]
    parts = "\n".join(lines).split(PLACE)
    return "".join(part + said for part, said in zip(parts, [*finished, ""], strict=True))


def _said(hit: re.Match[str]) -> str | None:
    """What a piece says; ``None`` where it is no markup after all."""
    if hit[0] == PLACE:
        return PLACE
    if hit["broken"] is not None:
        return "\n"
    if hit["escaped"] or hit["mono"]:
        return hit["escaped"] or hit["mono"]
    if hit["titled"] is not None:
        title = TITLE.search(hit["titled"]) or re.fullmatch(r"([^=|]+)", hit["titled"])
        return f"{title[1]}\n" if title else ""
    return _link(hit["link"]) if hit["link"] else ""


def _link(inside: str) -> str | None:
    """``[text|address]``, ``[address]``; ``[x]`` and the like are what people write, not links."""
    text, bar, address = inside.partition("|")
    address = address.split("|")[0].strip() if bar else text.strip()
    if address.startswith("~") or (address.startswith("mailto:") and not bar):
        return ""
    if bar:
        return linked(text, address) if address else None
    if address.startswith("^"):
        return ""  # an attachment
    return address if ADDRESS.match(address) else None


def _line(line: str) -> str:
    if RULE.fullmatch(line):
        return ""
    if heading := HEADING.match(line):
        line = line[heading.end() :]
    elif bullet := BULLET.match(line):
        marks = bullet[2]
        indent = bullet[1] if marks == "-" else "  " * min(len(marks) - 1, DEEPEST)
        return f"{indent}- {_effects(line[bullet.end() :])}"
    elif line.lstrip().startswith("|") and line.rstrip().endswith("|"):
        cells = [cell.strip() for cell in line.strip().replace("||", "|").strip("|").split("|")]
        return " | ".join(_effects(cell) for cell in cells)
    return _effects(line)


def _effects(line: str) -> str:
    for mark, pattern in EFFECTS.items():
        if mark in line:
            line = pattern.sub(r"\1", line)
    return line
