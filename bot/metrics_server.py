"""Answers /metrics and /healthz in threads of its own, so that both are answered while the event loop is stuck."""

from __future__ import annotations

import socketserver
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from bot.listening import cannot_listen, family_of

PLAIN = "text/plain; charset=utf-8"


class MetricsServer(ThreadingHTTPServer):
    """Listens from the moment it is made.

    Raises:
        ConfigurationError: the address is not this machine's, or in use.
    """

    def __init__(
        self, address: tuple[str, int], registry: CollectorRegistry, ailment: Callable[[], str | None]
    ) -> None:
        self.registry = registry
        self.ailment = ailment
        self.address_family = family_of(address[0])
        try:
            super().__init__(address, _Handler)
        except (OSError, ValueError) as error:
            raise cannot_listen("METRICS_PORT", address, error) from error

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's asks DNS for a name that nobody uses
        self.server_port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader that hangs up is its own affair."""

    def start(self) -> None:
        """Answer until stopped."""
        Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def stop(self) -> None:
        """Answer no more; it must have been started."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    timeout = 5  # seconds of silence; what asks and then says nothing holds a thread no longer
    server_version, sys_version = "Chairside", ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(HTTPStatus.OK, encode(self.server.registry), content_type)
        elif path == "/healthz":
            ailment = self.server.ailment()
            status = HTTPStatus.SERVICE_UNAVAILABLE if ailment else HTTPStatus.OK
            self._answer(status, f"{ailment or 'ok'}\n".encode(), PLAIN)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"/metrics or /healthz\n", PLAIN)

    do_HEAD = do_GET  # noqa: N815 - http.server's own name

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Say nothing: what asks every few seconds would fill the log."""
