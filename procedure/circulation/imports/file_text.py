"""The encoding of an imported file, and signs that it is a web page or was cut off."""

import codecs
import re

# `dashboard.loans.import_text` has these messages in French.
CUT = "is cut off: the file ends in the middle of this line; download the file again"
WEB_PAGE = "is a web page, such as a login page, not a file of loans: log in, then download again"
_HTML = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script)\b",
    re.IGNORECASE | re.DOTALL,
)
# The DOS end-of-file mark with the line endings around it.
_END_MARK = re.compile(rb"[\r\n]*\x1a[\x1a\r\n]*\Z")
_SAMPLE = 256


def as_utf8(content: bytes) -> bytes:
    """Convert UTF-16 (with or without a byte order mark) to UTF-8; leave other content unchanged.

    The DOS end-of-file mark 0x1A is replaced by a line ending.
    """
    encoding = _utf_16(content)
    if encoding:
        content = content.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return _END_MARK.sub(b"\n", content) if b"\x1a" in content[-_SAMPLE:] else content


def is_web_page(content: bytes) -> bool:
    """Return whether the start of a UTF-8 file looks like HTML."""
    return _HTML.match(content[:4096]) is not None


def is_ended(content: bytes) -> bool:
    """Return whether the last line of a file is terminated."""
    return content.endswith((b"\n", b"\r"))


def _utf_16(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a byte order mark, UTF-16 is recognised by the zero byte in each ASCII character.
    first, second = content[0:_SAMPLE:2], content[1:_SAMPLE:2]
    if not first.count(0) and second.count(0) * 4 > len(second) * 3:
        return "utf-16-le"
    if not second.count(0) and first.count(0) * 4 > len(first) * 3:
        return "utf-16-be"
    return None
