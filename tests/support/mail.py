"""A mail server that receives an alert channel's emails."""

import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast


class MailServer:
    """A server with enough SMTP (RFC 5321) to receive emails; they are collected in `received`."""

    def __init__(self) -> None:
        received = self.received = list[EmailMessage]()

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 mail.example ESMTP\r\n")
                while line := self.rfile.readline():
                    command = line[:4].upper()
                    if command == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        content = b"".join(iter(self.rfile.readline, b".\r\n"))
                        mail = message_from_bytes(content, policy=policy.default)
                        received.append(cast("EmailMessage", mail))
                    self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 done\r\n")

        class Server(ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        port = self._server.server_address[1]
        self.address = f"mailto://127.0.0.1:{port}/?from=relais@example.org&to=it@example.org"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
