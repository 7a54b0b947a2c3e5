"""Both connectors go through a proxy and trust an own certificate authority, over real sockets on loopback."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import trustme

from tests.alignment.exported import Command
from tests.alignment.test_live_pull import FEW, jira_world, linear_world
from tests.alignment.test_troubles import alignment as alignment
from tests.alignment.test_troubles import settings
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Server

TOKEN = "planted-token-0123456789"


class Proxy:
    """Forwards what is asked for in plain, tunnels what is asked by CONNECT; ``seen`` lists both. ``closed``: wants a log-in."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.closed = False
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._class())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _class(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Passing(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.seen.append(f"CONNECT {self.path}")
                if proxy.closed:
                    return self.send_error(407)
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port))) as far:
                    self.send_response(200)
                    self.end_headers()
                    near = self.connection
                    while True:
                        for one in select.select([near, far], [], [], 5)[0] or [None]:
                            bytes_ = one.recv(65_536) if one else b""
                            if not bytes_:
                                self.close_connection = True
                                return
                            (far if one is near else near).sendall(bytes_)

            def _forward(self) -> None:
                proxy.seen.append(f"{self.command} {urlsplit(self.path).path}")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
                passed = {
                    k: v
                    for k, v in self.headers.items()
                    if k.lower() not in ("proxy-connection", "connection", "accept-encoding")
                }
                request = Request(self.path, body, passed, method=self.command)
                with build_opener(ProxyHandler({})).open(request) as answer:
                    raw = answer.read()
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        if name.lower() not in ("connection", "date", "server"):
                            self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(raw)

            do_GET = do_POST = _forward

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Passing


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        yield running


@pytest.fixture(params=["jira-cloud", "linear"])
def tracker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    """The kind, and what stands at its address."""
    monkeypatch.setenv("ALIGNMENT_TOKEN_IT", TOKEN)
    if request.param == "linear":
        return "linear", LinearSimulator(linear_world(FEW), token=TOKEN)
    site = JiraCloud(world=jira_world(FEW).copy())
    object.__setattr__(site.account, "bearer", TOKEN)
    return "jira-cloud", site


def at(kind: str, url: str, **more: Any) -> None:
    settings(name="it", kind=kind, base_url=url + ("/graphql" if kind == "linear" else ""), **more)


def with_tls(server: Server, authority: trustme.CA, *names: str) -> str:
    """The server speaks TLS with a certificate of this authority; its new address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
    return server.url.replace("http://127.0.0.1", f"https://{names[0]}")


def test_a_proxy_is_gone_through_unless_the_host_needs_none(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, proxy: Proxy, tracker: tuple[str, Any]
) -> None:
    kind, site = tracker
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("http_proxy", proxy.url)
    with Server(site) as server:
        at(kind, server.url)
        assert alignment("check").code == 0
        passed = len(proxy.seen)
        assert passed == len(server.requests) > 0
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert alignment("check").code == 0
        assert len(proxy.seen) == passed and len(server.requests) > passed


def test_an_own_authority_is_trusted_when_it_is_named(
    alignment: Command, tracker: tuple[str, Any], tmp_path: Path
) -> None:
    kind, site = tracker
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = Server(site)
    url = with_tls(server, authority, "localhost")
    with server:
        at(kind, url)
        without = alignment("check")
        assert without.code == 1 and "signed by nobody this machine trusts" in without.out
        assert "ca_bundle: company-ca.pem" in without.out and "Traceback" not in without.out + without.err
        pulled = alignment("pull")
        assert pulled.code == 1 and len(pulled.err.splitlines()) == 1 and "signed by nobody" in pulled.err
        at(kind, url, ca_bundle="ca.pem")
        assert alignment("check").code == 0


def test_a_certificate_for_another_name_is_said(alignment: Command, tracker: tuple[str, Any], tmp_path: Path) -> None:
    kind, site = tracker
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = Server(site)
    with_tls(server, authority, "jira.acme.example")
    with server:
        at(kind, server.url.replace("http://127.0.0.1", "https://localhost"), ca_bundle="ca.pem")
        said = alignment("pull")
    assert said.code == 1 and "is for another name" in said.err


def test_tls_goes_through_a_tunnel(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, proxy: Proxy, tracker: tuple[str, Any], tmp_path: Path
) -> None:
    kind, site = tracker
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    server = Server(site)
    url = with_tls(server, authority, "localhost")
    with server:
        at(kind, url, ca_bundle="ca.pem")
        assert alignment("check").code == 0 and proxy.seen and proxy.seen[0].startswith("CONNECT localhost")
        proxy.closed = True
        said = alignment("pull")
        assert said.code == 1 and "The proxy wants a log-in (407)" in said.err
        monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2secret@127.0.0.1:9")
        said = alignment("pull")
        assert said.code == 1 and "The proxy did not let us through" in said.err and "hunter2secret" not in said.err
