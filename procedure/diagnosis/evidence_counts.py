"""Counts and conditions for the diagnosis rules."""

from collections.abc import Iterable
from functools import cached_property

from procedure.diagnosis.evidence import Evidence, VantageView
from procedure.status_pages.status import PageStatus


class EvidenceCounts:
    """Counts and conditions derived from the evidence, computed on first use."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.roles = evidence.roles

    @cached_property
    def failing(self) -> list[VantageView]:
        """The workstations on the library's network at which Alma fails."""
        return [
            view
            for view in self.evidence.on_our_network
            if self.evidence.alma_works_at(view) is False
        ]

    @cached_property
    def working(self) -> list[VantageView]:
        """The workstations on the library's network at which Alma works."""
        return [
            view
            for view in self.evidence.on_our_network
            if self.evidence.alma_works_at(view) is True
        ]

    @cached_property
    def server_reaches(self) -> bool | None:
        """Whether the server reaches Alma, or None if unknown."""
        return self.evidence.server.reaches(self.roles.ways_in)

    @cached_property
    def reporting(self) -> list[VantageView]:
        """The workstations at which staff reported that Alma does not work."""
        return [view for view in self.failing if view.works is False]

    @cached_property
    def reported(self) -> bool:
        return bool(self.reporting)

    @cached_property
    def general(self) -> bool:
        """Whether Alma fails nearly everywhere.

        - If Alma works at some workstations, it must fail at four times as many or more, because a
          session opened earlier may still work.
        - If Alma works at no workstation, two failing workstations are enough even if the server
          gets an answer: the server may wait longer than a browser. One failing workstation is
          enough if the server gets no answer, or if a report contradicts the server's answer.
        - If nothing is known about workstations, the server's probes decide.
        """
        if self.failing:
            return (len(self.failing) >= 3 and len(self.failing) >= 4 * len(self.working)) or (
                not self.working and (len(self.failing) >= 2 or not self.alma_answers_server)
            )
        return not self.working and self.server_reaches is False

    @cached_property
    def alma_answers_server(self) -> bool:
        """Whether the server reaches Alma and no report contradicts that."""
        return self.server_reaches is True and not self.reported

    @cached_property
    def witnesses(self) -> list[VantageView]:
        """The workstations at which Alma fails, and the server if it does not reach Alma."""
        if self.server_reaches is False:
            return [*self.failing, self.evidence.server]
        return self.failing

    def witnesses_reach(self, targets: Iterable[str]) -> bool | None:
        """Return whether any witness reaches any of the targets, or None if unknown."""
        keys = tuple(targets)
        known = [reached for view in self.witnesses if (reached := view.reaches(keys)) is not None]
        return any(known) if known else None

    @cached_property
    def outside(self) -> bool | None:
        """Whether any witness reaches the Internet, or None if unknown.

        Reaching two off-campus status pages is also enough, in case the outside reference is down.
        """
        pages = [key for key in self.roles.pages if key not in self.roles.campus]
        reached = sum(self.witnesses_reach([page]) is True for page in pages)
        return reached >= 2 or self.witnesses_reach(self.roles.outside)

    @cached_property
    def vdi_only(self) -> bool:
        """Whether Alma fails at two or more workstations, all of them VDI, but works elsewhere.

        Alma must work at no VDI workstation. It must work at another workstation or answer the
        server.
        """
        others = [view for view in self.working if not view.vantage.vdi]
        return (
            len(self.failing) >= 2
            and all(view.vantage.vdi for view in self.failing)
            and not any(view.vantage.vdi for view in self.working)
            and (bool(others) or self.alma_answers_server)
        )

    @cached_property
    def one_vdi(self) -> bool:
        """Whether Alma fails at only one workstation, a VDI workstation other than the asker's.

        The states of all other VDI workstations must be unknown. Alma must work at another
        workstation.
        """
        vdi = [view for view in [*self.failing, *self.working] if view.vantage.vdi]
        return (
            vdi == self.failing
            and len(vdi) == 1
            and vdi[0].vantage.key != self.evidence.asker
            and bool(self.working)
        )

    @cached_property
    def alone(self) -> bool:
        """Whether nothing is known except that Alma fails at one workstation."""
        return len(self.failing) == 1 and not self.working and self.server_reaches is None

    @cached_property
    def hindered(self) -> list[VantageView]:
        """The workstations at which Alma fails, or at which only its usual address fails.

        If IPv6 is broken at a site, the addresses without IPv6 still answer.
        """
        return [
            view
            for view in self.evidence.workstations
            if view in self.failing or (view in self.half_login and view.works is None)
        ]

    @cached_property
    def site_only(self) -> bool:
        """Whether the trouble is confined to one site and affects at least two workstations."""
        sites = {view.vantage.site for view in self.hindered}
        if len(self.hindered) < 2 or len(sites) != 1 or sites == {""}:
            return False
        there = [view for view in self.working if view.vantage.site in sites]
        away = [view for view in self.working if view.vantage.site not in sites]
        usual = self.evidence.server.reaches(self.roles.usual) is True
        return len(self.hindered) > len(there) and (
            bool(away) or (self.alma_answers_server and usual)
        )

    @cached_property
    def incidents(self) -> int:
        """The number of status pages that report an incident."""
        words = self.evidence.words
        return sum(words.get(page) is PageStatus.INCIDENT for page in self.roles.pages)

    @cached_property
    def half_login(self) -> list[VantageView]:
        """The vantages where the usual way in fails and another way in answers."""
        usual, others = self.roles.usual, self.roles.others
        return [
            view
            for view in self.evidence.views.values()
            if view.reaches(usual) is False and view.reaches(others) is True
        ]

    @cached_property
    def whole_login(self) -> list[VantageView]:
        """The vantages at which the usual way in answers."""
        views = self.evidence.views.values()
        return [view for view in views if view.reaches(self.roles.usual) is True]

    @cached_property
    def login_errors(self) -> bool:
        """Whether the usual way in gives the server an HTTP error, and another way in works."""
        error = self.evidence.errors.intersection(self.roles.usual)
        return bool(error) and self.evidence.server.reaches(self.roles.others) is True

    @cached_property
    def mostly_reported(self) -> bool:
        """Whether more staff report that Alma fails than that it works."""
        reports = [view.works for view in self.evidence.workstations]
        return reports.count(False) > reports.count(True)

    @cached_property
    def shared_login_fails(self) -> bool:
        """Whether all targets behind the campus login fail, but other campus targets answer.

        If a way into Alma answers the server with one of `HTTP_ERRORS`, the other campus targets
        count as answering even if their status is unknown.
        """
        open_ones = [key for key in self.roles.campus if key not in self.roles.logins]
        answers = bool(self.evidence.errors.intersection(self.roles.ways_in))
        campus_answers = self.witnesses_reach(open_ones) is True or (
            answers and self.witnesses_reach(open_ones) is not False
        )
        return self.witnesses_reach(self.roles.logins) is False and campus_answers
