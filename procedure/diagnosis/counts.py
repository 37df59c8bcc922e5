"""The figures that the rules of the diagnosis speak of, counted once from the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from procedure.diagnosis.evidence import Evidence, VantageView
from procedure.status_pages.status import PageStatus


class EvidenceCounts:
    """Who fails, who works, and what they reach; each figure is counted when a rule first asks."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.roles = evidence.roles

    @cached_property
    def failing(self) -> list[VantageView]:
        """Workstations at which Alma fails, by report or because no address answers."""
        return [one for one in self.evidence.workstations if self.evidence.alma_at(one) is False]

    @cached_property
    def working(self) -> list[VantageView]:
        """Workstations at which Alma works."""
        return [one for one in self.evidence.workstations if self.evidence.alma_at(one) is True]

    @cached_property
    def server_reaches(self) -> bool | None:
        """Whether Alma answers to the server."""
        return self.evidence.server.reaches(self.roles.alma)

    @cached_property
    def reported(self) -> bool:
        """Whether a person said, at any failing workstation, that Alma does not work."""
        return any(one.works is False for one in self.failing)

    @cached_property
    def general(self) -> bool:
        """Whether Alma fails for all but a few of those who know; the server speaks if nobody else.

        Four failing to one working is general: the one may hold an old session.
        """
        if self.failing:
            return (len(self.failing) >= 3 and len(self.failing) >= 4 * len(self.working)) or (
                not self.working and not self.elsewhere
            )
        return not self.working and self.server_reaches is False

    @cached_property
    def elsewhere(self) -> bool:
        """Whether the server shows that Alma answers, where nobody's report says otherwise."""
        return self.server_reaches is True and not self.reported

    @cached_property
    def witnesses(self) -> list[VantageView]:
        """Those at which a general fault is seen: the failing workstations, and the server."""
        return [*self.failing, *([self.evidence.server] if self.server_reaches is False else [])]

    def seen(self, targets: Iterable[str]) -> bool | None:
        """Whether any witness reaches any of the targets; None when none knows any of them."""
        keys = tuple(targets)
        known = [told for one in self.witnesses if (told := one.reaches(keys)) is not None]
        return any(known) if known else None

    @cached_property
    def vdi_only(self) -> bool:
        """Whether two VDI workstations fail, none works, and others work."""
        others = [one for one in self.working if not one.vantage.vdi]
        return (
            len(self.failing) >= 2
            and all(one.vantage.vdi for one in self.failing)
            and not any(one.vantage.vdi for one in self.working)
            and (bool(others) or self.elsewhere)
        )

    @cached_property
    def one_vdi(self) -> bool:
        """Whether the only VDI workstation, a colleague's, fails, and all the others work."""
        vdi = [one for one in [*self.failing, *self.working] if one.vantage.vdi]
        return (
            vdi == self.failing
            and len(vdi) == 1
            and vdi[0].vantage.key != self.evidence.asker
            and bool(self.working)
        )

    @cached_property
    def alone(self) -> bool:
        """Whether one workstation is all there is to tell: not even the server knows anything."""
        return len(self.failing) == 1 and not self.working and self.server_reaches is None

    @cached_property
    def site_only(self) -> bool:
        """Whether two workstations of one site fail, hardly any works there, and others do."""
        sites = {one.vantage.site for one in self.failing}
        if len(self.failing) < 2 or len(sites) != 1 or sites == {""}:
            return False
        there = [one for one in self.working if one.vantage.site in sites]
        away = [one for one in self.working if one.vantage.site not in sites]
        return len(self.failing) > len(there) and (bool(away) or self.elsewhere)

    @cached_property
    def incidents(self) -> int:
        """How many status pages report an incident."""
        words = self.evidence.words
        return sum(words.get(page) is PageStatus.INCIDENT for page in self.roles.pages)

    @cached_property
    def neighbours(self) -> list[bool]:
        """Whether Alma answers at each neighbour that knows."""
        told = [one.reaches(self.roles.alma) for one in self.evidence.neighbours]
        return [one for one in told if one is not None]

    @cached_property
    def neighbours_fail(self) -> bool:
        """Whether Alma fails at every neighbour that knows, and one of them does."""
        return bool(self.neighbours) and not any(self.neighbours)

    @cached_property
    def half_login(self) -> list[VantageView]:
        """Those at which the usual way into Alma fails and another one answers."""
        usual, *rest = self.roles.alma or ("",)
        return [
            one
            for one in self.evidence.sights.values()
            if one.reaches([usual]) is False and one.reaches(rest) is True
        ]

    @cached_property
    def whole_login(self) -> list[VantageView]:
        """Those at which the usual way into Alma answers."""
        return [
            one for one in self.evidence.sights.values() if one.reaches(self.roles.alma[:1]) is True
        ]

    @cached_property
    def login_errors(self) -> bool:
        """Whether the usual way into Alma answers with an error, and another way answers."""
        usual, *rest = self.roles.alma or ("",)
        return usual in self.evidence.errors and self.evidence.server.reaches(rest) is True

    @cached_property
    def mostly_reported(self) -> bool:
        """Whether more people say that Alma fails than that it works."""
        said = [one.works for one in self.evidence.workstations]
        return said.count(False) > said.count(True)

    @cached_property
    def shared_login_fails(self) -> bool:
        """Whether all that needs the campus's login fails, while the campus itself answers."""
        open_ones = [key for key in self.roles.campus if key not in self.roles.logins]
        return self.seen(self.roles.logins) is False and self.seen(open_ones) is True
