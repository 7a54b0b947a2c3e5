"""Why a server that a report should go to could not be reached: one sentence, the fix, and whether it may pass by itself."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import requests
import urllib3.exceptions as low

from alignment.deliver.delivering import NotDelivered
from connectors.connector import Retry
from connectors.reaching import every_cause


def unreached(error: BaseException, place: str) -> Exception:
    """NotDelivered or Retry for a connection that failed. ``place`` is a host, with its port where that may be wrong.

    No message repeats the library's words: they hold the address that was asked for, and a webhook's address is a secret.
    """
    found = list(every_cause(error))
    if any(isinstance(one, requests.exceptions.ProxyError | low.ProxyError) for one in found):
        return Retry("The proxy did not let us through. Check HTTPS_PROXY and NO_PROXY.")
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in found):
        return NotDelivered(
            f"The certificate of {place} is not one this machine trusts. "
            "Check the host's name, or name your own authority: ca_bundle: company-ca.pem."
        )
    if any(isinstance(one, ssl.SSLError) for one in found):
        return NotDelivered(f"{place} does not speak TLS as it was asked to. Check port and security.")
    if any(isinstance(one, socket.gaierror | low.NameResolutionError) for one in found):
        return Retry(
            f"No machine is called {place.partition(':')[0]}. Check its name, and that this machine is online."
        )
    if any(isinstance(one, ConnectionRefusedError) for one in found):
        return Retry(f"Nothing answers at {place}. Check host and port.")
    if any(isinstance(one, TimeoutError | requests.exceptions.Timeout | low.TimeoutError) for one in found):
        return Retry(f"{place} did not answer in time. Check host, port and firewall.")
    return Retry(f"{place} broke off the connection ({type(error).__name__}).")


def bundle(path: Path | None) -> str | None:
    """An own list of certificate authorities, proved to be one. Raises NotDelivered."""
    if path is None:
        return None
    try:
        ssl.create_default_context(cafile=str(path))
    except FileNotFoundError:
        raise NotDelivered(f"The ca_bundle {path.name} is not there. Check its path in the settings.") from None
    except (ssl.SSLError, OSError):
        raise NotDelivered(f"The ca_bundle {path.name} holds no certificates. Save them as PEM.") from None
    return str(path)
