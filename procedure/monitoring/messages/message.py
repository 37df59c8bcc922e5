"""A message about an outcome, and the keys of the tables that hold them."""

from __future__ import annotations

from typing import NamedTuple

from procedure.monitoring.model import FailureCause, Phase, Status

# From general to specific: a status; a cause; a cause with a phase, an HTTP status, or a TLS
# error (`Outcome.detail`).
Key = Status | FailureCause | str | tuple[FailureCause, Phase | int | str]

RESERVED = "reserved"
EXPIRING = "expiring"


class Message(NamedTuple):
    """The text for an outcome in one language, short for a cell and as a sentence for the detail.

    `{host}` is the host on which the attempt ended, `{seconds}` its duration, `{status}` the HTTP
    status, `{days}` the days until a certificate expires.
    """

    short: str
    sentence: str
