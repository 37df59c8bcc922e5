"""Routes removed in 1.0.0: each responds with 410 and says what to use instead."""

from dashboard.core.authorised_handler import AuthorisedHandler

_TASK = "keep tasks in your ticket tool; POST /api/outage/review records what to change"
REMOVED = {
    "/api/outage/lead": "the course of the outage says who did what; "
    "POST /api/outage/note adds to it",
    "/api/outage/task": _TASK,
    "/api/outage/task/done": _TASK,
    "/status.json": "/status.rss has the same content; /board.json is for screens",
}


class RemovedRoute(AuthorisedHandler):
    """A removed route, open to everybody, for GET, HEAD and POST requests."""

    permission = None

    def initialize(self, instead: str) -> None:
        self._instead = instead

    def get(self) -> None:
        self._refuse(410, f"this address was removed in 1.0.0: {self._instead}")

    head = post = get


def removed_routes() -> list[tuple[str, type, dict[str, object]]]:
    return [(path, RemovedRoute, {"instead": instead}) for path, instead in REMOVED.items()]
