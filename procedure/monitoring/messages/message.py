"""The shape of a finding in words, and what a row of the tables is about."""

from __future__ import annotations

from typing import NamedTuple

from procedure.monitoring.model import FailureCause, Phase, Status

# From the general to the precise: a way of answering; a cause; a cause in a phase, with an HTTP
# status, or with what TLS said of it (`Outcome.detail`).
Key = Status | FailureCause | str | tuple[FailureCause, Phase | int | str]

RESERVED = "reserved"
EXPIRING = "expiring"


class Message(NamedTuple):
    """One finding in one language: the form for a cell, and the sentence for its detail.

    `{host}` is the host on which the attempt ended, `{seconds}` how long it lasted, `{status}`
    the HTTP status, `{days}` the time left to a certificate.
    """

    short: str
    sentence: str
