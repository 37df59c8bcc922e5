"""A small load balancer like nginx with `hash $cookie_relais_workstation`."""

import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from time import monotonic
from typing import Self

SILENT_AFTER = 5.0  # seconds without an answer before a process is skipped
PASSED_OVER = 30.0  # seconds that the process is then skipped
_COOKIE = re.compile(rb"relais_workstation=([^;\r\n]*)")


class LoadBalancer(ThreadingTCPServer):
    """A load balancer that sends each workstation's connections to the same local port.

    It skips processes that refuse the connection or do not answer.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, ports: Sequence[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self._ports = ports
        self._silent_until: dict[int, float] = {}

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def order(self, head: bytes) -> list[int]:
        """Return the ports to try for a request, in order."""
        now, found = monotonic(), _COOKIE.search(head)
        name = found[1] if found else b""
        ranked = sorted(self._ports, key=lambda port: sha256(name + b"%d" % port).digest())
        return sorted(ranked, key=lambda port: self._silent_until.get(port, 0) > now)

    def pass_over(self, port: int) -> None:
        """Move a process to the end of the order for `PASSED_OVER` seconds."""
        self._silent_until[port] = monotonic() + PASSED_OVER


class _Connection(BaseRequestHandler):
    server: LoadBalancer
    request: socket.socket

    def handle(self) -> None:
        with suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                data = self.request.recv(65536)
                if not data:
                    return
                head += data
            self._pass_on(head)

    def _pass_on(self, head: bytes) -> None:
        for port in self.server.order(head):
            with (
                suppress(ConnectionRefusedError),
                socket.create_connection(("127.0.0.1", port)) as upstream,
            ):
                upstream.sendall(head)
                up = Thread(target=_copy, args=(self.request, upstream), daemon=True)
                up.start()
                upstream.settimeout(SILENT_AFTER)
                try:
                    self.request.sendall(upstream.recv(65536))
                    upstream.settimeout(None)
                    _copy(upstream, self.request)
                except TimeoutError:
                    self.server.pass_over(port)
                with suppress(OSError):
                    self.request.shutdown(socket.SHUT_RDWR)
                up.join()
                return


def _copy(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
