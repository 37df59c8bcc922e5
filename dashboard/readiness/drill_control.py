"""Starts and ends a drill beside the dashboard, for those who coordinate."""

import sys

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State
from dashboard.core.users import Permission
from dashboard.readiness.drill_place import DrillPlace, drill_place
from procedure.io.child_server import ChildPhase, ChildServer


class DrillControl(State):
    """The drill of this server, as one page may start, open and end it; all pages share it."""

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    session: Session = param.ClassSelector(class_=Session, precedence=-1)
    updates: ChangeCounters = param.ClassSelector(class_=ChangeCounters, precedence=-1)
    phase: ChildPhase = param.ClassSelector(
        class_=ChildPhase, default=ChildPhase.OFF, doc="What the drill does."
    )

    @property
    def server(self) -> ChildServer:
        """The process that all pages share."""
        return self.context.computed_once("drill server", ChildServer, holds=None)

    @property
    def place(self) -> DrillPlace | None:
        """Where this page's browser reaches a drill; None where none can be started from here."""
        person = self.session.person
        if self.context.demo or not person.may(Permission.COORDINATE):
            return None
        return drill_place(person, self.session.origin, self.context.settings, sys.orig_argv)

    def start(self) -> None:
        """Start a drill, unless one runs or none can be reached from here.

        Raises:
            NotAllowed: this person does not coordinate.
        """
        self.session.person.require(Permission.COORDINATE)
        if (place := self.place) is not None:
            environment = place.environment(self.context.settings)
            self.server.start(place.command, environment, place.own_url)
            self.follow()

    def end(self) -> None:
        """End the drill that was started here.

        Raises:
            NotAllowed: this person does not coordinate.
        """
        self.session.person.require(Permission.COORDINATE)
        self.server.end()
        self.follow()

    @param.depends("updates.now", watch=True, on_init=True)
    def follow(self) -> None:
        """Set what the drill does now."""
        self.set(phase=self.server.phase)
