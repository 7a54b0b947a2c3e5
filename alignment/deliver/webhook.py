"""A digest is posted to a Slack or Teams webhook, whose address is a secret and appears in no message.

Answers of Slack: docs.slack.dev, "Sending messages using incoming webhooks", handling errors. Answers of Teams: a workflow
says 202; the older connectors say 200 with 1, or 200 with "Webhook message delivery failed with error …" in the body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from alignment.deliver.delivering import Digest, NotDelivered, variable
from alignment.deliver.targets import Target
from alignment.deliver.unreached import bundle, unreached
from alignment.scrubbing import keep_secret
from connectors.calls import seconds_until
from connectors.connector import Retry

TIMEOUT = (10, 30)
NAMES = {"slack": "Slack", "teams": "Teams"}
LOCAL = ("127.0.0.1", "localhost", "::1")
NEW = {
    "slack": "Make a new webhook in Slack (Incoming Webhooks) and set {variable}",
    "teams": "Make a new workflow in Teams (when a Teams webhook request is received) and set {variable}",
}
KNOWN = {  # what Slack says in the body: the sentence's end, and whether a new webhook helps
    "no_service": ("knows no such webhook", True),
    "no_service_id": ("knows no such webhook", True),
    "no_team": ("knows no such workspace", True),
    "team_disabled": ("has that workspace disabled", False),
    "invalid_token": ("does not accept this webhook", True),
    "channel_not_found": ("finds the webhook's channel no longer", True),
    "channel_is_archived": ("has the webhook's channel archived", True),
    "posting_to_general_channel_denied": ("lets nobody post to that channel", True),
    "action_prohibited": ("forbids posting there; an administrator set that", False),
    "invalid_payload": ("does not understand the message", False),
    "invalid_blocks": ("does not understand the message", False),
    "user_not_found": ("finds the webhook's user no longer", True),
}
EMPTY = ("no_text", "missing_text_or_fallback_or_attachments", "invalid_payload")
FAILED = re.compile(r"failed with error(?:.*?HTTP error (\d{3}))?", re.IGNORECASE | re.DOTALL)


def prepared(target: Target, digest: Digest, secret: str) -> Callable[[], str]:
    """The message is drawn once; each attempt posts it."""
    from reports import slack, teams

    draw = slack.message if target.kind == "slack" else teams.message
    body = draw(digest.result, digest.period, digest.link)

    def attempt() -> str:
        answer = _posted(target, secret, body)
        _judged(target, answer)
        return f"posted to {NAMES[target.kind]}"

    return attempt


def proven(target: Target, secret: str) -> str:
    """Slack: an empty message, which it refuses without posting. Teams: only that the host answers, since a post would be shown."""
    name = NAMES[target.kind]
    if target.kind == "teams":
        parts = urlsplit(_address(target, secret))
        _asked(
            target,
            lambda: _session(target).head(f"{parts.scheme}://{parts.netloc}/", timeout=TIMEOUT, allow_redirects=False),
        )
        return f"{parts.hostname} answers; whether {name} takes the webhook shows with the first message"
    answer = _posted(target, secret, {"text": ""})
    if answer.status_code == 400 and answer.text.strip() in EMPTY:
        return f"{name} knows the webhook"
    _judged(target, answer)
    return f"{name} answers"


def _posted(target: Target, secret: str, body: dict[str, Any]) -> requests.Response:
    address = _address(target, secret)
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _asked(
        target, lambda: _session(target).post(address, raw, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    )


def _session(target: Target) -> requests.Session:
    session = requests.Session()
    own = bundle(target.ca_bundle)
    if own:
        session.verify = own
    return session


def _asked(target: Target, request: Callable[[], requests.Response]) -> requests.Response:
    try:
        return request()
    except (requests.exceptions.RequestException, OSError) as error:
        raise unreached(error, f"the webhook's host ({NAMES[target.kind]})") from None


def _address(target: Target, secret: str) -> str:
    """The webhook's address, if a message may be sent there. Raises NotDelivered."""
    try:
        parts = urlsplit(secret)
        local = parts.hostname in LOCAL
    except ValueError:
        parts, local = urlsplit(""), False
    if not parts.hostname or parts.scheme not in ("https", "http") or any(letter.isspace() for letter in secret):
        raise NotDelivered(f"{variable(target)} holds no web address. Copy the webhook's address again, whole.")
    if parts.scheme == "http" and not local:
        raise NotDelivered(f"{variable(target)} begins with http://, which others can read. Write https://.")
    keep_secret(parts.path)
    keep_secret(parts.query)
    return secret


def _judged(target: Target, answer: requests.Response) -> None:
    """Returns where the message was taken. Raises Retry or NotDelivered."""
    name, status = NAMES[target.kind], answer.status_code
    fix = NEW[target.kind].format(variable=variable(target))
    said = answer.text.strip()[:2_000]
    failed = FAILED.search(said) if target.kind == "teams" and status < 300 else None
    if failed:
        status = int(failed[1] or 400)
    if status == 429 or status >= 500:
        after = seconds_until(answer.headers.get("Retry-After"), datetime.now(UTC))
        raise Retry(f"{name} cannot take the message now ({status}).", after)
    if 300 <= status < 400:
        raise NotDelivered(f"{name} sends on to another page ({status}) instead of answering. {fix}.")
    if said.startswith("<"):  # the type tells nothing: Slack calls its plain ok text/html
        raise NotDelivered(f"A web page answers where {name} should ({status}). {fix}.")
    if status < 300:
        return
    if said in KNOWN:
        ending, anew = KNOWN[said]
        raise NotDelivered(f"{name} {ending} ({status}). {fix if anew else 'Ask whoever manages it'}.")
    if status == 413:
        raise NotDelivered(f"{name} finds the message too large (413). Please report it: messages should fit.")
    if status in (401, 403, 404, 410):
        raise NotDelivered(f"{name} does not take messages at this address ({status}). {fix}.")
    raise NotDelivered(f"{name} refuses the message ({status}). {fix}.")
