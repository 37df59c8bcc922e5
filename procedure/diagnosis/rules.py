"""Rules that determine the most likely location of a fault.

The first rule that holds applies. Rules must not conclude anything from missing evidence. The name
of a rule is also the key of the reason that it gives.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from procedure.diagnosis.evidence import Evidence, VantageView
from procedure.diagnosis.evidence_counts import EvidenceCounts
from procedure.diagnosis.reasons import DiagnosisReason


class FaultLocation(StrEnum):
    """The location of a fault; the values are used in scenarios and JSON."""

    WORKSTATION = "workstation"
    VDI = "vdi"
    SITE = "site"
    CAMPUS = "campus"
    INTERNET = "internet"
    LOGIN = "login"
    ALMA = "alma"
    PLANNED = "planned"
    WATCHER = "watcher"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The most likely location of the fault, and the rule that applied.

    `grounds` are facts that support the diagnosis, and `against` are facts that do not fit it.
    `others` are other possible locations, and `decides` names the observation that would show which
    location is right, or is None.
    """

    fault: FaultLocation
    rule: str
    grounds: tuple[DiagnosisReason, ...]
    against: tuple[DiagnosisReason, ...] = ()
    others: tuple[FaultLocation, ...] = ()
    decides: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: if `holds` returns true, the fault is at `fault`.

    `views` returns the vantages to count in the rule's reason. For `others` and `decides`, see
    `Diagnosis`.
    """

    name: str
    fault: FaultLocation
    holds: Callable[[EvidenceCounts], bool]
    others: tuple[FaultLocation, ...] = ()
    decides: str | None = None
    views: Callable[[EvidenceCounts], Sequence[VantageView]] = lambda f: f.failing


RULES: tuple[Rule, ...] = (
    Rule(
        "work_is_on",
        FaultLocation.PLANNED,
        lambda f: (
            f.evidence.planned
            and (f.general or (bool(f.failing) and len(f.failing) >= len(f.working)))
        ),
    ),
    Rule(
        "server_alone",
        FaultLocation.WATCHER,
        lambda f: (
            (f.server_reaches is False or f.evidence.cut_off) and bool(f.working) and not f.failing
        ),
        views=lambda f: f.working,
    ),
    # This rule must come before the rules about VDI, one site and one workstation. Browsers cannot
    # detect an HTTP error, so Alma seems to work at every workstation where staff have not
    # reported that it fails.
    Rule(
        "login_errors",
        FaultLocation.LOGIN,
        lambda f: f.login_errors and f.mostly_reported and not f.incidents,
        (FaultLocation.ALMA,),
        "log_in",
    ),
    Rule("only_vdi", FaultLocation.VDI, lambda f: f.vdi_only),
    Rule(
        "one_vdi",
        FaultLocation.VDI,
        lambda f: f.one_vdi,
        (FaultLocation.WORKSTATION,),
        "more_reports",
    ),
    Rule("one_site", FaultLocation.SITE, lambda f: f.site_only, views=lambda f: f.hindered),
    Rule(
        "one_workstation",
        FaultLocation.WORKSTATION,
        lambda f: len(f.failing) == 1 and bool(f.working),
    ),
    # A single failure proves nothing while Alma answers the server, because the server confirms the
    # start of downtime later than browsers do, and its end earlier.
    Rule(
        "one_known",
        FaultLocation.UNKNOWN,
        lambda f: len(f.failing) == 1 and f.alma_answers_server,
        (FaultLocation.WORKSTATION, FaultLocation.ALMA),
        "more_reports",
    ),
    Rule(
        "reports_outweigh",
        FaultLocation.ALMA,
        lambda f: not f.general and f.evidence.reports_outweigh(f.evidence.workstations),
        (FaultLocation.LOGIN,),
        "log_in",
        views=lambda f: f.reporting,
    ),
    Rule(
        "differ",
        FaultLocation.UNKNOWN,
        lambda f: bool(f.failing) and not f.general,
        (FaultLocation.ALMA, FaultLocation.CAMPUS),
        "more_reports",
    ),
    Rule(
        "one_alone",
        FaultLocation.UNKNOWN,
        lambda f: f.alone and f.outside is False and f.witnesses_reach(f.roles.campus) is False,
        (FaultLocation.WORKSTATION, FaultLocation.CAMPUS, FaultLocation.INTERNET),
        "more_reports",
    ),
    Rule(
        "campus_silent",
        FaultLocation.CAMPUS,
        lambda f: (
            f.general
            and len(f.failing) > 0
            and f.outside is False
            and f.witnesses_reach(f.roles.campus) is False
        ),
        (FaultLocation.INTERNET,),
    ),
    Rule(
        "desks_cut",
        FaultLocation.CAMPUS,
        lambda f: (
            f.general
            and len(f.failing) > 0
            and f.evidence.server.reaches(f.roles.outside) is True
            and all(view.reaches(f.roles.outside) is False for view in f.failing)
        ),
    ),
    Rule(
        "server_silent",
        FaultLocation.UNKNOWN,
        lambda f: f.general and f.outside is False and f.witnesses_reach(f.roles.campus) is False,
        (FaultLocation.WATCHER, FaultLocation.CAMPUS),
        "any_workstation",
    ),
    Rule(
        "outside_silent",
        FaultLocation.INTERNET,
        lambda f: f.general and f.outside is False,
        (FaultLocation.CAMPUS,),
    ),
    Rule(
        "reported_only",
        FaultLocation.ALMA,
        lambda f: (
            f.general
            and f.reported
            and len(f.failing) >= 2
            and any(view.reaches(f.roles.ways_in) for view in f.evidence.views.values())
        ),
        (FaultLocation.LOGIN,),
        "log_in",
        views=lambda f: f.reporting,
    ),
    Rule(
        "logins_fail",
        FaultLocation.LOGIN,
        lambda f: f.general and f.outside is True and f.shared_login_fails,
        (FaultLocation.ALMA,),
        "log_in",
    ),
    Rule(
        "system_answers",
        FaultLocation.LOGIN,
        lambda f: (
            f.general
            and f.witnesses_reach(f.roles.system) is True
            and f.witnesses_reach(f.roles.ways_in) is False
        ),
        (FaultLocation.ALMA,),
        "log_in",
    ),
    Rule(
        "single_report",
        FaultLocation.UNKNOWN,
        lambda f: f.general and f.reported and f.witnesses_reach(f.roles.ways_in) is not False,
        (FaultLocation.WORKSTATION, FaultLocation.ALMA),
        "more_reports",
    ),
    Rule(
        "alma_silent",
        FaultLocation.ALMA,
        lambda f: f.general and f.outside is True,
        (FaultLocation.LOGIN,),
    ),
    Rule("announced", FaultLocation.ALMA, lambda f: f.incidents > 0 and f.general),
    Rule(
        "outside_unread",
        FaultLocation.UNKNOWN,
        lambda f: f.general,
        (FaultLocation.ALMA, FaultLocation.INTERNET),
        "outside",
    ),
    Rule(
        "usual_way_fails",
        FaultLocation.LOGIN,
        lambda f: len(f.half_login) > len(f.whole_login),
        (FaultLocation.ALMA,),
        "log_in",
    ),
    Rule(
        "announced_unseen",
        FaultLocation.ALMA,
        lambda f: f.incidents > 0 and not any(view.works for view in f.working),
        (FaultLocation.NOTHING,),
        "log_in",
    ),
    Rule(
        "answers",
        FaultLocation.NOTHING,
        lambda f: bool(f.working) or f.server_reaches is True,
    ),
    Rule(
        "server_cut",
        FaultLocation.WATCHER,
        lambda f: f.evidence.cut_off,
        (FaultLocation.CAMPUS, FaultLocation.INTERNET),
        "any_workstation",
        views=lambda f: f.working,
    ),
    Rule("nothing_known", FaultLocation.UNKNOWN, lambda _: True, (), "any_look"),
)


def diagnose(evidence: Evidence) -> Diagnosis:
    """Return the diagnosis of the first rule that applies; the last rule always does."""
    facts = EvidenceCounts(evidence)
    rule = next(rule for rule in RULES if rule.holds(facts))
    counted = rule.views(facts)
    of = len({view.vantage.key for view in (*counted, *facts.failing, *facts.working)})
    return Diagnosis(
        fault=rule.fault,
        rule=rule.name,
        grounds=(DiagnosisReason(rule.name, len(counted), of), *_supporting(rule, facts)),
        against=tuple(_against(rule, facts)),
        others=rule.others,
        decides=rule.decides,
    )


def _supporting(rule: Rule, facts: EvidenceCounts) -> Iterable[DiagnosisReason]:
    pages = len(facts.roles.pages)
    if rule.fault is FaultLocation.ALMA and facts.incidents and rule.name != "announced":
        yield DiagnosisReason("vendor_reports", facts.incidents, pages)


def _against(rule: Rule, facts: EvidenceCounts) -> Iterable[DiagnosisReason]:
    words = facts.evidence.words
    if rule.fault is FaultLocation.ALMA and words and not facts.incidents:
        yield DiagnosisReason("vendor_silent")
    if rule.fault in {FaultLocation.ALMA, FaultLocation.PLANNED} and facts.working:
        of = len(facts.failing) + len(facts.working)
        yield DiagnosisReason("some_work", len(facts.working), of)
