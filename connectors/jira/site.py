"""Talks to one Jira site, Cloud or Data Center, through the session of the ``jira`` package."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from jira import JIRA, JIRAError

from connectors.calls import Pace, Policy, seconds_until
from connectors.connector import Fatal, Refused, Retry

TIMEOUT = (10, 90)
"""Seconds to connect and to wait for bytes; the package's own default waits for ever."""

BROKEN = (
    requests.exceptions.ConnectionError, requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)  # fmt: skip


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
    """One site, which several threads may ask at once."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self.access, self.policy = access, replace(policy, pace=Pace())
        self._of_thread = threading.local()

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

    def post(self, path: str, body: Mapping[str, Any], version: str = "api/2", optional: bool = False) -> Any:
        """A request with a JSON body. Only for what may safely be asked twice: searches and bulk reads.

        ``optional``: a site that does not offer it raises Refused with a status of ABSENT.
        """
        return self.policy.ask(lambda: self._once("POST", path, version, {}, body, optional))

    def _once(
        self, method: str, path: str, version: str, query: Mapping[str, Any], body: Mapping[str, Any] | None,
        optional: bool = False,
    ) -> Any:  # fmt: skip
        url = f"{self.access.url.rstrip('/')}/rest/{version}/{path}"
        data = json.dumps(body) if body is not None else None
        try:
            answer = self.client._session.request(method, url, params=dict(query), data=data)
        except JIRAError as error:
            if optional and error.status_code in ABSENT:
                raise Refused(error.status_code, _messages(error.response)) from None
            raise self._sorted(error) from None  # its own chain may quote headers
        except BROKEN as error:
            raise Retry(f"{self._place} broke off the connection ({type(error).__name__}).") from None
        except requests.exceptions.RequestException as error:
            raise Fatal(
                f"{self._place} cannot be asked ({type(error).__name__}). Check base_url, proxy and ca_bundle."
            ) from None
        return self._json(answer)

    @property
    def _place(self) -> str:
        return f"Jira at {self.access.url}"

    def _json(self, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            if "html" in answer.headers.get("Content-Type", "").lower() or answer.text.lstrip()[:1] == "<":
                raise Fatal(
                    f"{self._place} sent a web page where data was expected, probably a log-in page. "
                    "Check base_url, and that the token works without single sign-on."
                ) from None
            raise Retry(f"{self._place} sent an answer that was cut short.") from None

    def _sorted(self, error: JIRAError) -> Exception:
        """The right error of ours for a status of theirs."""
        status, response = error.status_code or 0, error.response
        headers = response.headers if response is not None else {}
        if status == 429 or (status == 503 and headers.get("Retry-After")):
            now = self.policy.clock()
            after = seconds_until(headers.get("Retry-After"), now)
            if after is None:
                after = seconds_until(headers.get("X-RateLimit-Reset"), now)
            return Retry(f"{self._place} limits the rate of requests.", after)
        if status >= 500:
            return Retry(f"{self._place} failed ({status}).")
        return self._refused(status, _messages(response))

    def _refused(self, status: int, messages: list[str]) -> Exception:
        if status == 401:
            return Fatal(f"{self._place} does not accept the token. Make a new one, or check the e-mail it belongs to.")
        if status == 403:
            return Fatal(f"{self._place} does not let this account in. Ask for the permission to browse projects.")
        if status == 404 and not messages:
            return Fatal(
                f"There is no Jira at {self.access.url}. Check base_url; scoped tokens need the gateway address."
            )
        return Refused(status, messages)


def _messages(response: requests.Response | None) -> list[str]:
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
