"""Handles output streams that have a limited encoding or are closed."""

import codecs
import errno
import json
import os
import sys
from contextlib import suppress
from typing import TextIO

# On Windows, writing to a closed pipe raises EINVAL.
_OUTPUT_FAULTS = {
    errno.EBADF,
    errno.EFBIG,
    errno.EINVAL,
    errno.EIO,
    errno.ENOSPC,
    errno.EPIPE,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}
# Replacements for characters that latin-1 or cp1252 lacks; all others are escaped as in JSON. A
# replacement must not contain a double quote or a backslash, because output may be JSON.
_PLAIN = {
    "\u2009": " ",
    "\u202f": " ",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": "'",
    "\u201d": "'",
    "\u2013": "-",
    "\u2014": "-",
    "\u2026": "...",
    "\u2192": "->",
    "\u0153": "oe",
}
_HANDLER = "relais.spelt"


def accept_any_text() -> None:
    """Make standard output and standard error replace characters that they cannot encode."""
    codecs.register_error(_HANDLER, _replace)
    for stream in _streams():
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors=_HANDLER)  # type: ignore[attr-defined]


def is_output_fault(error: OSError) -> bool:
    """Return whether an error may come from an output stream that can no longer be written to."""
    return error.filename is None and error.errno in _OUTPUT_FAULTS


def discard_output() -> None:
    """Discard unwritten output, so that Python does not try to write it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in _streams():
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _streams() -> list[TextIO]:
    # Both streams are None in a process without a console.
    return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign) or json.dumps(sign)[1:-1] for sign in unknown), error.end
