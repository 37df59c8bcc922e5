"""What a target is for the library: a way into its system, the site outside, a status page."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What a target means, as `means` in `targets.toml`; a target may mean several things.

    These keys stand in handbooks and never change.
    """

    WAY_IN = "way-in"  # the usual way into the library system, which leads to its login
    OTHER_WAY_IN = "other-way-in"  # another one, for when the usual one fails
    SYSTEM = "system"  # the system itself, without a login, such as its API
    LOGIN = "login"  # the identity provider, or what stands behind the same login as the system
    OUTSIDE = "outside"  # the reference outside the campus network
    CAMPUS = "campus"  # on the campus network: answers while the Internet is cut
    STATUS_PAGE = "status-page"  # announces outages of the system
    TICKETS = "tickets"  # where a fault is reported
    OFFLINE_TOOL = "offline-tool"  # what lends where Relais does not open
    OTHER = "other"  # watched, and no evidence of anything
