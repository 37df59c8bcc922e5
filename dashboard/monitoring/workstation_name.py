"""The name of this workstation, chosen by staff and stored in its browser."""

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.monitoring.diagnosis import DiagnosisState
from procedure.readiness.workstation_check import NAMELESS

LONGEST = 40


class WorkstationName(param.Parameterized):
    """The form for naming the workstation; filling it in is optional."""

    diagnosis = needs(DiagnosisState)
    opened = param.Boolean(default=False, doc="Whether the form is shown.")
    refusal = param.String(
        default="", doc="Why the name was refused, `empty` or `taken`; otherwise an empty string."
    )
    given = param.Boolean(
        default=False,
        doc="Whether staff named the workstation on this page, so the browser stores the name.",
    )

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites of the library's desks, in the handbook's order."""
        desks = self.diagnosis.updates.handbook.desks.values()
        return tuple(dict.fromkeys(desk.site for desk in desks))

    @property
    def unnamed(self) -> bool:
        return is_unnamed(self.diagnosis.session.workstation)

    def open(self) -> None:
        self.param.update(opened=not self.opened, refusal="")

    def call(self, place: str, site: str, *, vdi: bool) -> None:
        """Set the workstation's name, site and `vdi`; if the name is refused, set only `refusal`.

        The site is used only while the workstation has no desk.
        """
        diagnosis, session = self.diagnosis, self.diagnosis.session
        session.person.require(Permission.REPORT)
        wanted = " ".join(place.split())[:LONGEST]
        refusal = self._refusal(wanted)
        if refusal:
            self.refusal = refusal
            return
        before = session.workstation
        known = site if site in self.sites else ""
        session.param.update(vdi=vdi, site=known)
        session.name_workstation(wanted)
        if session.workstation != before:
            diagnosis.context.watches.workstations.rename(before, diagnosis.vantage)
        self.param.update(opened=False, refusal="", given=True)
        diagnosis.updates.refresh()

    def _refusal(self, wanted: str) -> str:
        if not wanted or not wanted.isprintable() or wanted.startswith(NAMELESS):
            return "empty"
        others = set(self.diagnosis.context.watches.workstations.vantages)
        others.discard(self.diagnosis.session.workstation)
        return "taken" if wanted in others or wanted == "server" else ""


def is_unnamed(name: str) -> bool:
    """Return whether a workstation has no name, or a name made up by its browser."""
    return not name or name.startswith(NAMELESS)
