"""Why a server could not be reached, as one sentence and the fix: a name, a port, a proxy, a certificate."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as low

from connectors.connector import ConnectorError, Fatal, Retry

PASSING = (
    requests.exceptions.ConnectionError, requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)  # fmt: skip
LOG_IN = re.compile(r"log-?in|sign-?(?:in|on)|sso|saml|oauth|auth|adfs|idp|okta|session", re.IGNORECASE)


def unreached(error: BaseException, called: str, url: str, known: bool) -> ConnectorError:
    """The error of ours for a connection that failed.

    ``called``: what to call the server in a message. ``known``: it answered before, so that a name or a port that is gone
    is taken as a passing trouble and asked again; on first contact both are mistakes in an address.
    """
    causes = list(every_cause(error))
    if any(isinstance(c, requests.exceptions.ProxyError | low.ProxyError) for c in causes):
        return _proxy(causes, called)
    if any(isinstance(c, ssl.SSLCertVerificationError) for c in causes):
        return Fatal(_certificate(causes, called))
    if not known:
        first = _first_contact(causes, called, url)
        if first:
            return Fatal(first)
    if any(isinstance(c, PASSING) for c in causes):
        return Retry(f"{called} broke off the connection ({_kind(error)}).")
    return Fatal(f"{called} cannot be asked ({_kind(error)}). Check base_url, the proxy and ca_bundle.")


def _first_contact(causes: list[BaseException], called: str, url: str) -> str:
    """What is wrong with an address that never answered; empty if it may pass by itself."""
    host = urlsplit(url).hostname or url
    if any(isinstance(c, socket.gaierror | low.NameResolutionError) for c in causes):
        return f"No machine is called {host}. Check base_url, and that this machine is online or its proxy is set (HTTPS_PROXY)."
    if any(isinstance(c, ConnectionRefusedError) for c in causes):
        return f"Nothing answers at {_port(url)} of {host}. Check base_url, its port, and the proxy (HTTPS_PROXY)."
    if any(isinstance(c, low.ConnectTimeoutError) for c in causes):
        return f"{host} does not answer within ten seconds. Check base_url, the VPN or firewall, and the proxy (HTTPS_PROXY)."
    if any(isinstance(c, ssl.SSLError) and "version" in str(c).lower() for c in causes):
        return (
            f"{called} does not speak TLS at this port. Write http:// in base_url if that is meant, or mend the port."
        )
    return ""


def _certificate(causes: list[BaseException], called: str) -> str:
    why = next((str(getattr(c, "verify_message", "")) for c in causes if getattr(c, "verify_message", "")), "")
    if "mismatch" in why or "not valid for" in why.lower():
        return f"The certificate of {called} is for another name. Check base_url: it must name the host as the certificate does."
    if "expired" in why:
        return f"The certificate of {called} has expired. Have it renewed, or check this machine's clock."
    return (
        f"The certificate of {called} is signed by nobody this machine trusts. "
        "Save your company's certificate authority as PEM and name it: ca_bundle: company-ca.pem."
    )


def _proxy(causes: list[BaseException], called: str) -> ConnectorError:
    """The proxy's own address may hold a password, so it is not repeated."""
    said = next((found[0] for c in causes if (found := re.search(r"\b[45]\d\d\b", str(c)[:200]))), "")
    if said == "407":
        return Fatal("The proxy wants a log-in (407). Write it into HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT.")
    if said.startswith("5"):
        return Retry(f"The proxy could not reach {called} ({said}).")
    return Fatal(
        f"The proxy did not let us through to {called}{f' ({said})' if said else ''}. "
        "Check HTTPS_PROXY, or name the host in NO_PROXY if it needs no proxy."
    )


def moved(status: int, location: str, called: str, url: str) -> Fatal:
    """Redirects are not followed: a search that is sent on loses its question, and a token may be sent to a stranger."""
    target = urlsplit(location)
    place = f"{target.scheme}://{target.netloc}" if target.netloc else ""
    if LOG_IN.search(f"{target.netloc}{target.path}"):
        return Fatal(
            f"{called} sends to a log-in page instead of answering. "
            "Check that base_url can be reached with a token, past single sign-on."
        )
    if place and place != "{0.scheme}://{0.netloc}".format(urlsplit(url)):
        return Fatal(f"{called} has moved to {place} ({status}). Write base_url: {place} if you know that address.")
    return Fatal(f"{called} sends on to another page ({status}). Check base_url: the path may be missing or wrong.")


def _port(url: str) -> str:
    parts = urlsplit(url)
    return f"port {parts.port or (80 if parts.scheme == 'http' else 443)}"


def _kind(error: BaseException) -> str:
    """The name of the innermost of the libraries' errors that tells most."""
    kinds = [type(c).__name__ for c in every_cause(error) if isinstance(c, requests.exceptions.RequestException)]
    return kinds[0] if kinds else type(error).__name__


def every_cause(error: BaseException) -> Iterator[BaseException]:
    """An error and all it wraps, whichever way the libraries wrap it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        around = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in around if isinstance(other, BaseException)]
