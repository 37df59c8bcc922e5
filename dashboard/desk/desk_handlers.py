"""The routes of the desk page."""

from collections.abc import Callable
from functools import cache

from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from dashboard.desk.bundle import PAGE, WORKER
from dashboard.desk.desk_messages import DeskPendingLoans, DeskTransactions
from dashboard.desk.desk_route import FETCH_SITE, DeskRoute, desk_services
from dashboard.desk.one_file import NAME, one_file
from procedure.offline_lists.list_layout import ListKind


class DeskFile(DeskRoute):
    """One of the page's files, which contain no personal data and require no sign-in.

    So a desk whose sign-in has expired can still open the page and keep lending: the page stores
    the loans and says what to do.
    """

    permission = None

    def get(self, name: str) -> None:
        """Send the file, unless the browser already has this version."""
        file = self.desk.bundle.files.get(name or PAGE)
        if file is None:
            self._refuse(404, "the desk page has no such file")
            return
        self.set_header("Content-Type", file.kind)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("X-Content-Type-Options", "nosniff")
        packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        self.set_header("Etag", file.tag)
        if name == WORKER:  # the worker's scope is one level above its script
            self.set_header("Service-Worker-Allowed", "../")
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(file.packed if packed else file.plain)


class OneFile(DeskRoute):
    """`/desk-file`: a download of the desk page as one HTML file."""

    permission = Permission.COORDINATE

    def get(self) -> None:
        context = self.desk.context
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{NAME}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(one_file(context.handbook.current, context.clock.now(), demo=context.demo))


class DeskList(DeskRoute):
    """`/desk/lists/…`: the list of accounts or items, for an enrolled workstation's browser.

    It is sent only if `Sec-Fetch-Site` shows that a page of this server requests it. Browsers send
    that header only over HTTPS, or on the server's own machine.
    """

    permission = Permission.LEND

    def get(self, kind: str) -> None:
        """Send the list; respond with 204 if there is none for this browser."""
        own = self.request.headers.get(FETCH_SITE) == "same-origin"
        is_enrolled = own and bool(self.person.workstation)
        store = self.desk.context.store.lists if is_enrolled else None
        content = store and store.for_browsers(ListKind(kind))
        self.set_header("Cache-Control", "no-store")
        if content is None:
            self.set_status(204)
            self.finish()
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(content)


class DeskTime(DeskRoute):
    """`/desk/time`: the server's time, from which a workstation computes its clock's error.

    The answer also contains `version`, so that an open page can tell when it is out of date.
    """

    permission = None

    def get(self) -> None:
        self.respond({"version": self.desk.bundle.version})


def desk_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, object]]]:
    """Return the routes, which open the context on the first request."""
    shared = cache(lambda: desk_services(opened()))
    return [
        (r"/desk-file", OneFile, {"desk": shared}),
        (r"/desk/lists/(accounts|items)", DeskList, {"desk": shared}),
        (r"/desk/time", DeskTime, {"desk": shared}),
        (r"/desk/transactions", DeskTransactions, {"desk": shared}),
        (r"/desk/waiting", DeskPendingLoans, {"desk": shared}),
        (r"/desk/([a-z0-9_]*(?:\.[a-z]+)?)", DeskFile, {"desk": shared}),
    ]
