"""Reads and decompresses the body of a response, up to a limit."""

import zlib
from collections.abc import AsyncIterator

import httpx

from procedure.io.http.error_rules import AnswerRefused
from procedure.monitoring.model import FailureCause

# After decompression: ten times the largest page of a target in the packaged handbook.
MOST_BYTES = 4 * 1024 * 1024
STEP = 64 * 1024


async def read_bytes(response: httpx.Response, most: int = MOST_BYTES) -> bytes:
    """Return the decompressed body.

    Raises:
        AnswerRefused: `oversize`, as soon as the body turns out to exceed `most` bytes.
        zlib.error: the body is declared as compressed but is not, or it ends too early.
    """
    declared = response.headers.get("content-length", "")
    if response.request.method != "HEAD" and declared.isdecimal() and int(declared) > most:
        raise AnswerRefused(FailureCause.OVERSIZE, f"the body is {declared} bytes long")
    coding = response.headers.get("content-encoding", "").strip().lower()
    raw = response.aiter_raw()
    parts = _unpacked(raw, coding) if coding in {"gzip", "x-gzip", "deflate"} else raw
    body = bytearray()
    async for part in parts:
        body += part
        if len(body) > most:
            raise AnswerRefused(FailureCause.OVERSIZE, f"the body exceeds {most} bytes")
    return bytes(body)


async def _unpacked(chunks: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
    """Decompress in small steps, so that a zip bomb takes only the memory of the bytes read.

    An empty body is valid, because a response to HEAD has none.
    """
    unpack = None
    async for chunk in chunks:
        if not chunk:
            continue
        unpack = unpack or zlib.decompressobj(wbits=_window(coding, chunk[0]))
        rest = chunk
        while rest:
            yield unpack.decompress(rest, STEP)
            rest = unpack.unconsumed_tail
    if unpack is not None and not unpack.eof:
        raise zlib.error("the compressed body ends too early")


def _window(coding: str, first: int) -> int:
    """Return zlib's `wbits` for a coding; some servers send deflate without a zlib header."""
    if coding != "deflate":
        return zlib.MAX_WBITS | 16
    return zlib.MAX_WBITS if first & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


def text_of(body: bytes, response: httpx.Response) -> str:
    """Decode the body from its declared charset, or else from UTF-8, replacing invalid bytes."""
    try:
        return body.decode(response.charset_encoding or "utf-8", errors="replace")
    except LookupError:  # unknown charset
        return body.decode("utf-8", errors="replace")
