"""Talks to one Jira site, Cloud or Data Center, through the session of the ``jira`` package."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from jira import JIRA, JIRAError
from requests import Response

from connectors.calls import Pace, Policy, seconds_until
from connectors.connector import Fatal, NotLetIn, Refused, Retry
from connectors.reaching import moved, unreached
from connectors.writing import NoWriting

TIMEOUT = (10, 90)
"""Seconds to connect and to wait for bytes; the package's own default waits for ever."""


NO_CONTENT = 204
ABSENT = (404, 405, 410)
"""How a site says that it does not offer an operation."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a site. ``email`` with a token is Basic; a token alone is a Bearer (OAuth, personal access token).

    The token appears in no ``repr`` and no message.
    """

    url: str
    token: str = field(repr=False)
    email: str = ""
    ca_bundle: str = ""


class Site:
    """One site, which several threads may ask at once. ``headers`` are those of the last answer, names in lower case."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self.access, self.policy = access, replace(policy, pace=Pace())
        self._of_thread = threading.local()
        self.headers: dict[str, str] = {}

    @property
    def requests(self) -> int:
        """What was asked so far."""
        return self.policy.pace.asked

    @property
    def waited(self) -> float:
        """Seconds spent waiting for limits so far."""
        return self.policy.pace.waited

    @property
    def client(self) -> JIRA:
        """This thread's own: nobody promises that the package's client may be shared."""
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = self._new_client()
        client: JIRA = self._of_thread.client
        return client

    def _new_client(self) -> JIRA:
        """The package's client; built without a request of its own, retries and timeouts are ours."""
        basic = (self.access.email, self.access.token) if self.access.email else None
        return JIRA(
            server=self.access.url.rstrip("/"),
            options={"verify": self.access.ca_bundle or True, "check_update": False},
            basic_auth=basic, token_auth=None if basic else self.access.token,
            get_server_info=False, max_retries=0, timeout=TIMEOUT,
        )  # fmt: skip

    def get(self, path: str, version: str = "api/2", **query: Any) -> Any:
        return self.policy.ask(lambda: self._once("GET", path, version, query, None))

    def ask_root(self, path: str) -> Any:
        """What stands beside the REST interface, such as ``_edge/tenant_info``."""
        return self.policy.ask(lambda: self._asked("GET", f"{self.access.url.rstrip('/')}/{path}", {}, None))

    def post(
        self, path: str, body: Mapping[str, Any], version: str = "api/2", optional: bool = False, writes: bool = False
    ) -> Any:
        """A request with a JSON body. Only for what may safely be asked twice: searches, bulk reads, differences of labels.

        ``optional``: a site that does not offer it raises Refused with a status of ABSENT. ``writes``: as for ``put``.
        """
        return self.policy.ask(lambda: self._once("POST", path, version, {}, body, optional, writes))

    def put(self, path: str, body: Mapping[str, Any], version: str = "api/2", **query: Any) -> Any:
        """An edit that may safely be asked twice. Raises NoWriting, and Refused also where the account may not edit this."""
        return self.policy.ask(lambda: self._once("PUT", path, version, query, body, writes=True))

    def _once(
        self, method: str, path: str, version: str, query: Mapping[str, Any], body: Mapping[str, Any] | None,
        optional: bool = False, writes: bool = False,
    ) -> Any:  # fmt: skip
        url = f"{self.access.url.rstrip('/')}/rest/{version}/{path}"
        return self._asked(method, url, query, body, optional, writes)

    def _asked(
        self, method: str, url: str, query: Mapping[str, Any], body: Mapping[str, Any] | None, optional: bool = False,
        writes: bool = False,
    ) -> Any:  # fmt: skip
        data = json.dumps(body) if body is not None else None
        try:
            answer = self.client._session.request(method, url, params=dict(query), data=data, allow_redirects=False)
        except JIRAError as error:
            if optional and error.status_code in ABSENT:
                raise Refused(error.status_code, _messages(error.response)) from None
            if writes and error.status_code in (401, 403):
                raise _not_written(error) from None
            raise self._sorted(error) from None  # its own chain may quote headers
        except (requests.exceptions.RequestException, OSError) as error:
            raise unreached(error, self._place, self.access.url, bool(self.headers)) from None
        self._heard(answer)
        if answer.is_redirect:
            raise moved(answer.status_code, answer.headers.get("Location", ""), self._place, self.access.url)
        return self._json(answer)

    def _heard(self, answer: Response) -> None:
        self.headers = {"status": str(answer.status_code), **{k.lower(): v for k, v in answer.headers.items()}}

    @property
    def _place(self) -> str:
        return f"Jira at {self.access.url}"

    def _json(self, answer: Response) -> Any:
        if answer.status_code == NO_CONTENT:
            return None
        try:
            return answer.json()
        except ValueError:
            if "html" in answer.headers.get("Content-Type", "").lower() or answer.text.lstrip()[:1] == "<":
                raise Fatal(
                    f"{self._place} sent a web page where data was expected, probably a log-in page. "
                    "Check base_url, and that it can be reached with a token, past single sign-on."
                ) from None
            raise Retry(f"{self._place} sent an answer that was cut short.") from None

    def _sorted(self, error: JIRAError) -> Exception:
        """The right error of ours for a status of theirs."""
        status, response = error.status_code or 0, error.response
        headers = response.headers if response is not None else {}
        if response is not None:
            self._heard(response)
        if status == 429 or (status == 503 and headers.get("Retry-After")):
            now = self.policy.clock()
            after = seconds_until(headers.get("Retry-After"), now)
            if after is None:
                after = seconds_until(headers.get("X-RateLimit-Reset"), now)
            return Retry(f"{self._place} limits the rate of requests.", after)
        if status >= 500:
            return Retry(f"{self._place} failed ({status}).")
        return self._refused(status, _messages(response), "captcha" in str(headers).lower())

    def _refused(self, status: int, messages: list[str], captcha: bool = False) -> Exception:
        if status in (401, 403) and captcha:
            return NotLetIn(
                f"{self._place} wants this account to solve a CAPTCHA. Log in once in a browser, then try again."
            )
        if status == 401:
            whose = f"the token of {self.access.email}" if self.access.email else "the token"
            return NotLetIn(f"{self._place} does not accept {whose}. {self._renewed}")
        if status == 403:
            return NotLetIn(
                f"{self._place} does not let this account in (403). "
                "Ask its administrator for the permission to browse projects, and whether your network may reach it."
            )
        if status == 404 and not messages:
            return NotLetIn(
                f"There is no Jira at {self.access.url}. "
                "Check base_url: as in the browser's address bar, up to and with a path such as /jira if there is one."
            )
        return Refused(status, messages)

    @property
    def _renewed(self) -> str:
        """How a token that is not accepted is mended."""
        if self.access.email:
            return "Check the e-mail and make a new API token; one with scopes needs the gateway address as base_url."
        return "Make a new one, and check that base_url and kind fit it: an API token of Jira Cloud needs 'email' too."


def _not_written(error: JIRAError) -> Exception:
    """An account that was let in to read is told why it may not write: its token, or this ticket."""
    said = _messages(error.response)
    if error.status_code == 403 and said:
        return Refused(403, said)
    return NoWriting(
        f"Jira lets this token read and not write ({error.status_code}). Make one with the scope write:jira-work "
        "(or one without scopes), of an account with the project permission Edit Issues (EDIT_ISSUES)."
    )


def _messages(response: Response | None) -> list[str]:
    """Jira's own words: ``errorMessages`` and ``errors``."""
    if response is None:
        return []
    try:
        body = response.json()
    except ValueError:
        return []
    if not isinstance(body, dict):
        return []
    errors = body.get("errors")
    return [str(m) for m in body.get("errorMessages") or []] + (
        [f"{k}: {v}" for k, v in errors.items()] if isinstance(errors, dict) else []
    )
