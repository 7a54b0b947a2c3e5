"""What identifies a person, a company or a log-in leaves a conversation before it is written down."""

from __future__ import annotations

import copy
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

ASKED_WITH = {"accept", "content-type"}
ANSWERED_WITH = re.compile(r"(?i)content-type|retry-after|(x-)?ratelimit-.*|x-complexity")
"""Headers that are kept. Every other one goes: what is not known cannot be judged harmless."""

SCRUBBED = "scrubbed"
SECRETS = re.compile(
    r"lin_(?:api|oauth)_\w+|AT[AC]TT[\w=.-]+|eyJ[\w-]+\.[\w-]+\.?[\w-]*"
    r"|\b(?:Bearer|Basic)\s+[\w+/=.~-]{16,}|(?:JSESSIONID|[\w.]*session[._]token|xsrf[._]token)=[^\s;\"]+"
)
EMAIL = re.compile(r"[\w.+%-]+@(?!example\.com\b)[\w-]+(?:\.[\w-]+)+")
ACCOUNT = re.compile(r"\b\d{5,6}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
PICTURE = re.compile(r"https?://[^\s\"]*avatar[^\s\"]*", re.IGNORECASE)
CLOUD_SITE = re.compile(r"\b[\w-]+\.atlassian\.net\b")
GATEWAY = re.compile(r"(/ex/jira/)[0-9a-f-]{36}")
WORKSPACE = re.compile(r"(linear\.app/)(?!graphql|developers)[\w-]+(/(?:issue/\w+-\d+)?)[^\s\"]*")
USER_LINK = re.compile(r"(/user\?\w+=)[^\s\"&]*")
GOAL = re.compile(r"\bgoal=[^,\]]*")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ZEROS = "00000000-0000-4000-8000-"
STAND_IN = re.compile(
    rf"(?:712020:)?{ZEROS}[0-9a-f]{{12}}|(?:Person|Text) [0-9a-f]{{8}}|person-[0-9a-f]{{8}}(?:@example\.com)?"
)
"""Cassettes are cleaned again when they are read: what was put in place of something stays as it is."""

PEOPLE = {
    "assignee", "reporter", "creator", "author", "updateAuthor", "lead", "owner", "user", "viewer", "delegate",
    "actor", "actorId", "fromAssigneeId", "toAssigneeId", "leadId", "ownerId", "creatorId",
}  # fmt: skip
TEXTS = {
    "summary", "description", "environment", "title", "fromTitle", "toTitle", "body", "content", "text", "goal",
    "branchName", "slugId", "comment", "entries", "diff", "diffMarkdown",
}  # fmt: skip
PLAIN = re.compile(r"-?[\d.]+|\d{4}-\d\d-\d\d.*|[A-Z][A-Z0-9_]+-\d+|com\.atlassian\..*|")
"""Values of free fields that tell nothing: numbers, dates, keys of tickets, sprints of a Data Center, nothing at all."""

TELLING = re.compile(r"[\s@:]|(?=.*\d).{6}")

WIDTH = 110
Said = Mapping[str, Any]


class Scrubber:
    """``hosts``: addresses and what stands for them. ``texts``: whether titles and descriptions go as well.

    Whoever is the same stays the same: stand-ins are keyed digests, and who holds no ``key`` cannot try names against them.
    """

    def __init__(self, key: bytes, hosts: Mapping[str, str], texts: bool = True, secrets: Sequence[str] = ()) -> None:
        self.key, self.hosts, self.texts, self.secrets = key, dict(hosts), texts, [s for s in secrets if s]
        self.known: dict[str, str] = {}

    def request(self, request: Any) -> Any:
        """A question as vcrpy holds it. Also one that is looked up in a cassette, so nothing learned from answers counts."""
        clean, learned, self.known = copy.copy(request), self.known, {}
        clean.uri = self.line(request.uri)
        clean.headers = {n: v for n, v in sorted(request.headers.items()) if n.lower() in ASKED_WITH}
        if request.body:
            clean.body = self.body(request.body)
        self.known = learned
        return clean

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """An answer as vcrpy holds it. Its length is not the same any more, so it is not said."""
        headers = {n: v for n, v in sorted(response["headers"].items()) if ANSWERED_WITH.fullmatch(n)}
        return {**response, "headers": headers, "body": {"string": self.body(response["body"]["string"] or b"")}}

    def body(self, raw: bytes | str) -> bytes:
        """JSON cleaned and indented. Of what is no JSON only so much is kept that it can be told: nobody knows what is in it."""
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        try:
            said = json.loads(text)
        except ValueError:
            page = text.lstrip()[:1] == "<"
            return b"<html><body>A web page was here.</body></html>" if page else self.line(text[:20]).encode()
        for person in _people(said):
            self._learn(person)
        return laid_out(self._clean(said, "", {})).encode()

    def line(self, text: str) -> str:
        """Any text, without what can be told by its form and whom we know."""
        for secret in self.secrets:
            text = text.replace(secret, SCRUBBED)
        text = SECRETS.sub(SCRUBBED, text)
        for real, public in self.hosts.items():
            text = text.replace(real, public)
        text = CLOUD_SITE.sub("acme.atlassian.net", text)
        text = GATEWAY.sub(rf"\g<1>{ZEROS}000000000000", text)
        text = WORKSPACE.sub(r"\1acme\2", text)
        text = USER_LINK.sub(rf"\1{SCRUBBED}", text)
        text = PICTURE.sub("https://example.com/picture.png", text)
        text = EMAIL.sub(lambda m: self.stand_in(m[0]), text)
        text = ACCOUNT.sub(lambda m: self.stand_in(m[0]), text)
        return self.whom_we_know(text)

    def whom_we_know(self, text: str) -> str:
        """A name of one word (``admin``) may be any word of a text, so it goes only where it stands alone or in ``[~admin]``."""
        if text in self.known:
            return self.known[text]
        for real in sorted((real for real in self.known if real in text), key=len, reverse=True):
            around = ("(?<!\\w)", "(?!\\w)") if TELLING.search(real) else ("(?<=\\[~)", "(?=\\])")
            text = re.sub(re.escape(real).join(around), self.known[real], text)
        return text

    def last_look(self, body: str) -> str:
        """At the end everyone has been met who is in a conversation, also in answers that came before."""
        try:
            said = json.loads(body)
        except ValueError:
            return body
        return laid_out(_everywhere(said, self.whom_we_know))

    def stand_in(self, real: str) -> str:
        """For an account, an address or a name, in a form that a parser takes for the same kind of thing."""
        if STAND_IN.fullmatch(real):
            return real
        digest = hmac.new(self.key, real.encode(), "sha256").hexdigest()
        if "@" in real:
            return f"person-{digest[:8]}@example.com"
        if ACCOUNT.fullmatch(real):
            return f"712020:{ZEROS}{digest[:12]}"
        if UUID.fullmatch(real):
            return f"{ZEROS}{digest[:12]}"
        return f"Person {digest[:8]}" if " " in real.strip() or real.istitle() else f"person-{digest[:8]}"

    def _learn(self, real: str) -> None:
        if len(real) > 2 and not STAND_IN.fullmatch(real):
            self.known[real] = self.stand_in(real)

    def _clean(self, said: Any, name: str, holder: Said) -> Any:
        if isinstance(said, dict):
            if name == "organization":
                said = {**said, **{k: "acme" for k in ("name", "urlKey") if k in said}}
            return {k: self._clean(v, k, said) for k, v in said.items()}
        if isinstance(said, list):
            return [self._clean(one, name, holder) for one in said]
        if "avatar" in name.lower() or name in ("iconUrl", "48x48", "32x32", "24x24", "16x16"):
            return None
        if not isinstance(said, str) or not said:
            return said
        if name == "serverTitle":
            return "Jira"
        if name == "query":  # GraphQL, where white space means nothing
            said = " ".join(said.split())
        if self.texts and self._is_free(name, said, holder):
            return self._hidden(said)
        return self.line(GOAL.sub("goal=", said) if self.texts else said)

    def _is_free(self, name: str, said: str, holder: Said) -> bool:
        """Whether a person wrote it as they liked."""
        if name in TEXTS:
            return True
        if name.startswith("customfield_"):
            return not PLAIN.fullmatch(said)
        if name in ("fromString", "toString"):
            field = str(holder.get("field")).lower()
            free = holder.get("fieldtype") == "custom" and holder.get("from") is None and holder.get("to") is None
            return field in TEXTS or (free and not PLAIN.fullmatch(said))
        return False

    def _hidden(self, said: str) -> str:
        if STAND_IN.fullmatch(said):
            return said
        return f"Text {hmac.new(self.key, said.encode(), 'sha256').hexdigest()[:8]}"


def _tells_of_people(line: Said) -> bool:
    """Whether a line of a change log names people: ids of options, sprints and versions are numbers, those of teams UUIDs."""
    if str(line.get("field")).lower() in PEOPLE:
        return True
    ident = str(line.get("from") or line.get("to") or "")
    return line.get("fieldtype") == "custom" and bool(re.search("[A-Za-z]", ident)) and not UUID.fullmatch(ident)


def _people(said: Any, name: str = "") -> Iterator[str]:
    """Everything by which an answer names people: account ids, user names, keys, display names, addresses."""
    if isinstance(said, list):
        for one in said:
            yield from _people(one, name)
    elif isinstance(said, dict):
        if "accountId" in said or "emailAddress" in said or "email" in said or "displayName" in said:
            for key in ("accountId", "displayName", "emailAddress", "email", "name", "key"):
                yield from [said[key]] if isinstance(said.get(key), str) else []
            name = "user"
        if name in PEOPLE and isinstance(said.get("id"), str):
            yield said["id"]
        if _tells_of_people(said):
            yield from (said[k] for k in ("from", "to", "fromString", "toString") if isinstance(said.get(k), str))
        for key, value in said.items():
            yield from _people(value, key)
    elif isinstance(said, str) and name in PEOPLE and said:
        yield said


def laid_out(said: Any, at: int = 0) -> str:
    """JSON for people: as much on a line as fits."""
    line = json.dumps(said, ensure_ascii=False)
    if len(line) + at <= WIDTH or not isinstance(said, dict | list) or not said:
        return line
    if isinstance(said, list):
        parts, ends = [laid_out(one, at + 1) for one in said], "[]"
    else:
        parts, ends = [f"{json.dumps(key)}: {laid_out(value, at + 1)}" for key, value in said.items()], "{}"
    lines = [""]
    for part in (f"{one}," if n < len(parts) else one for n, one in enumerate(parts, 1)):
        if lines[-1] and "\n" not in lines[-1] + part and len(lines[-1]) + len(part) + at < WIDTH:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return "\n".join([ends[0], *(f"{' ' * (at + 1)}{one}" for one in lines[1:]), f"{' ' * at}{ends[1]}"])


def _everywhere(said: Any, change: Callable[[str], str]) -> Any:
    if isinstance(said, dict):
        return {key: _everywhere(value, change) for key, value in said.items()}
    if isinstance(said, list):
        return [_everywhere(one, change) for one in said]
    return change(said) if isinstance(said, str) else said
