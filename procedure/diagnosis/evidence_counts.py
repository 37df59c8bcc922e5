"""The counts that the diagnosis rules refer to, computed on first use."""

from collections.abc import Iterable
from functools import cached_property

from procedure.diagnosis.evidence import Evidence, VantageView
from procedure.status_pages.status import PageStatus


class EvidenceCounts:
    """Counts and conditions derived from the evidence, each computed on first use."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.roles = evidence.roles

    @cached_property
    def failing(self) -> list[VantageView]:
        """The workstations at which Alma fails, by report or because no address answers."""
        return [
            view
            for view in self.evidence.on_our_network
            if self.evidence.alma_works_at(view) is False
        ]

    @cached_property
    def working(self) -> list[VantageView]:
        """The workstations at which Alma works."""
        return [
            view
            for view in self.evidence.on_our_network
            if self.evidence.alma_works_at(view) is True
        ]

    @cached_property
    def server_reaches(self) -> bool | None:
        """Whether Alma answers the server, or None if unknown."""
        return self.evidence.server.reaches(self.roles.ways_in)

    @cached_property
    def reporting(self) -> list[VantageView]:
        """The workstations at which a person reported that Alma does not work."""
        return [view for view in self.failing if view.works is False]

    @cached_property
    def reported(self) -> bool:
        """Whether a person reported at any workstation that Alma does not work."""
        return bool(self.reporting)

    @cached_property
    def general(self) -> bool:
        """Whether Alma fails at nearly all vantages; without workstations the server decides.

        Four failing against one working is general, because the working one may still have an old
        session. Two failing and none working is general too: the server may wait longer for an
        answer than a browser.
        """
        if self.failing:
            return (len(self.failing) >= 3 and len(self.failing) >= 4 * len(self.working)) or (
                not self.working and (len(self.failing) >= 2 or not self.alma_answers_server)
            )
        return not self.working and self.server_reaches is False

    @cached_property
    def alma_answers_server(self) -> bool:
        """Whether Alma answers the server and no report contradicts that."""
        return self.server_reaches is True and not self.reported

    @cached_property
    def witnesses(self) -> list[VantageView]:
        """The vantages at which Alma fails: the failing workstations, and the server."""
        if self.server_reaches is False:
            return [*self.failing, self.evidence.server]
        return self.failing

    def seen(self, targets: Iterable[str]) -> bool | None:
        """Return whether any witness reaches any of the targets, or None if unknown."""
        keys = tuple(targets)
        known = [reached for view in self.witnesses if (reached := view.reaches(keys)) is not None]
        return any(known) if known else None

    @cached_property
    def outside(self) -> bool | None:
        """Whether the Internet answers any witness, or None if unknown.

        If the outside reference is down, two status pages on networks of their own prove it.
        """
        pages = [key for key in self.roles.pages if key not in self.roles.campus]
        return sum(self.seen([page]) is True for page in pages) >= 2 or self.seen(
            self.roles.outside
        )

    @cached_property
    def vdi_only(self) -> bool:
        """Whether two VDI workstations fail, none works, and others work."""
        others = [view for view in self.working if not view.vantage.vdi]
        return (
            len(self.failing) >= 2
            and all(view.vantage.vdi for view in self.failing)
            and not any(view.vantage.vdi for view in self.working)
            and (bool(others) or self.alma_answers_server)
        )

    @cached_property
    def one_vdi(self) -> bool:
        """Whether the only VDI workstation, a colleague's, fails, and all others work."""
        vdi = [view for view in [*self.failing, *self.working] if view.vantage.vdi]
        return (
            vdi == self.failing
            and len(vdi) == 1
            and vdi[0].vantage.key != self.evidence.asker
            and bool(self.working)
        )

    @cached_property
    def alone(self) -> bool:
        """Whether the only known result is one failing workstation, with none from the server."""
        return len(self.failing) == 1 and not self.working and self.server_reaches is None

    @cached_property
    def hindered(self) -> list[VantageView]:
        """The workstations at which Alma or its usual address fails, without a contrary report.

        If IPv6 is broken, only the addresses that have IPv6 fail.
        """
        return [
            view
            for view in self.evidence.workstations
            if view in self.failing or (view in self.half_login and view.works is None)
        ]

    @cached_property
    def site_only(self) -> bool:
        """Whether two workstations at one site are hindered, few there work, and others work."""
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
        """The vantages at which Alma's usual address fails and another address answers."""
        usual, others = self.roles.usual, self.roles.others
        return [
            view
            for view in self.evidence.views.values()
            if view.reaches(usual) is False and view.reaches(others) is True
        ]

    @cached_property
    def whole_login(self) -> list[VantageView]:
        """The vantages at which Alma's usual address answers."""
        views = self.evidence.views.values()
        return [view for view in views if view.reaches(self.roles.usual) is True]

    @cached_property
    def login_errors(self) -> bool:
        """Whether Alma's usual address answers with an error, and another address answers."""
        error = self.evidence.errors.intersection(self.roles.usual)
        return bool(error) and self.evidence.server.reaches(self.roles.others) is True

    @cached_property
    def mostly_reported(self) -> bool:
        """Whether more people report that Alma fails than that it works."""
        reports = [view.works for view in self.evidence.workstations]
        return reports.count(False) > reports.count(True)

    @cached_property
    def shared_login_fails(self) -> bool:
        """Whether everything behind the campus login fails, while the campus itself answers.

        The campus may be unknown if Alma answers the server with an error or a loop.
        """
        open_ones = [key for key in self.roles.campus if key not in self.roles.logins]
        answers = bool(self.evidence.errors.intersection(self.roles.ways_in))
        campus_answers = self.seen(open_ones) is True or (
            answers and self.seen(open_ones) is not False
        )
        return self.seen(self.roles.logins) is False and campus_answers
