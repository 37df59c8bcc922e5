"""Starts and ends a drill, which runs as a second server beside the dashboard."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import param

from dashboard.core.allowed_clients import OWN
from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State, needs
from dashboard.core.visitor import Permission, SignedInBy, Visitor
from dashboard.settings import Settings, environment_without_settings
from dashboard.translations import offered_language
from procedure.io.child_server import ChildPhase, ChildServer
from procedure.io.last_times import without_password

EVERYWHERE = {"0.0.0.0", "::"}
BESIDE = 20  # the difference between a drill's port and the dashboard's


@dataclass(frozen=True, slots=True)
class DrillPlace:
    """Where a drill is served.

    `address` is the address to listen on, and `host` the host in the browsers' URLs.
    """

    address: str
    dashboard_port: int
    host: str

    @property
    def port(self) -> int:
        """The drill's own port, so browsers store its unsent loans apart from the dashboard's."""
        return self.dashboard_port + BESIDE

    @property
    def url(self) -> str:
        """The URL of the drill's page."""
        return f"http://{self.host}:{self.port}/drill"

    @property
    def own_url(self) -> str:
        """The URL at which the server checks the drill, without the host name that visitors use."""
        host = "localhost" if self.address in EVERYWHERE else self.address
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/liveness"

    @property
    def command(self) -> list[str]:
        """The command that serves the drill until its standard input is closed."""
        words = [sys.executable, "-m", "dashboard.cli", "drill", "--until-eof"]
        words += ["--address", self.address, "--port", str(self.port)]
        return words if self.address in OWN else [*words, "--origin", f"{self.host}:{self.port}"]

    def environment(self, settings: Settings) -> dict[str, str]:
        """Return the environment of the command: settings for a drill, without secrets."""
        return environment_without_settings() | {
            "RELAIS_DATABASE_URL": without_password(settings.database_url),
            "RELAIS_HANDBOOK": str(settings.handbook),
            "RELAIS_LANGUAGE": offered_language(settings.language).code,
            "RELAIS_PORT": str(self.dashboard_port),
        }


def drill_place(
    visitor: Visitor, origin: str, settings: Settings, arguments: Sequence[str]
) -> DrillPlace | None:
    """Return the place where a page's browser can reach a drill, or None if there can be no drill.

    `origin` is the origin of the page's websocket, empty behind a proxy; `arguments` is the
    server's command line. A drill is open to anybody who can reach it, so there is none if people
    must sign in to Relais.
    """
    address, port = _listening(settings, arguments)
    browser = urlsplit(origin)
    host = browser.hostname or ""
    if (browser.scheme, browser.port or 80) != ("http", port) or port + BESIDE > 65535:
        return None
    url_host = f"[{host}]" if ":" in host else host
    if visitor.by is SignedInBy.MACHINE and host in OWN:
        return DrillPlace("localhost", port, url_host)
    if visitor.by is SignedInBy.OPEN and host not in OWN and address not in OWN and ":" not in host:
        return DrillPlace(address, port, url_host)
    return None


def _listening(settings: Settings, arguments: Sequence[str]) -> tuple[str, int]:
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--address", default=settings.address)
    parser.add_argument("--port", default=str(settings.port))
    given = parser.parse_known_args(list(arguments))[0]
    return given.address, int(given.port) if given.port.isdecimal() else 0


class DrillControl(State):
    """Starts and ends the server's drill, which all pages share."""

    context = needs(AppContext)
    session = needs(Session)
    updates = needs(ChangeCounters)
    place = param.ClassSelector(
        class_=DrillPlace,
        doc="The address at which browsers reach a drill; None if this page cannot start one.",
    )
    phase = param.ClassSelector(
        class_=ChildPhase, default=ChildPhase.OFF, doc="The phase of the drill's process."
    )

    @property
    def server(self) -> ChildServer:
        return self.context.shared.setdefault("drill server", ChildServer())

    @param.depends("session.visitor", "session.origin", watch=True, on_init=True)
    def _find_place(self) -> None:
        person, context = self.session.person, self.context
        if not context.demo and person.may(Permission.COORDINATE):
            self.place = drill_place(person, self.session.origin, context.settings, sys.orig_argv)
        else:
            self.place = None

    def start(self) -> None:
        """Start a drill, unless a drill is running or this page's browser could not reach it.

        Raises:
            NotAllowed: this person is not a coordinator.
        """
        self.session.person.require(Permission.COORDINATE)
        if (place := self.place) is not None:
            environment = place.environment(self.context.settings)
            self.server.start(place.command, environment, place.own_url)
            self.read_phase()

    def end(self) -> None:
        """End the drill that this server started.

        Raises:
            NotAllowed: this person is not a coordinator.
        """
        self.session.person.require(Permission.COORDINATE)
        self.server.end()
        self.read_phase()

    @param.depends("updates.now", watch=True, on_init=True)
    def read_phase(self) -> None:
        self.set(phase=self.server.phase)
