"""The servers for the probing benchmark, one of them with TLS.

They run in a separate process, whose processor time is not counted. The process prints their
ports, and ends when its standard input closes.
"""

import asyncio
import ssl
import sys

DELAY = 0.010  # seconds
BODY = b"<!doctype html><title>Page</title>" + b"<p>Bonjour</p>" * 140
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(DELAY)
        writer.write(ANSWER)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


async def main(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    secure = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    print(*ports, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
