"""Reasons for a diagnosis: the rule that applied, and facts for and against it.

The texts are for the command line; the dashboard has its own under the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiagnosisReason:
    """One reason for a diagnosis or against it: the key of a rule or fact, and its figures."""

    key: str
    count: int = 0
    of: int = 0

    def __str__(self) -> str:
        return REASON_TEXT[self.key].format(count=self.count, of=self.of)


REASON_TEXT: dict[str, str] = {
    "work_is_on": "announced work is on and Alma fails",
    "server_alone": "the server does not reach Alma, {count} of {of} workstations do",
    "only_vdi": "only VDI workstations fail ({count}), elsewhere Alma answers",
    "one_vdi": "the only VDI workstation known fails, the others work",
    "one_site": "{count} workstations of one site fail, elsewhere Alma answers",
    "one_workstation": "one workstation fails, others work",
    "reports_outweigh": "people at {count} of {of} workstations say that Alma does not work",
    "differ": "{count} of {of} workstations fail, at no one place",
    "one_alone": "the only workstation that reported reaches nothing at all",
    "campus_silent": "neither the outside site nor the campus answers",
    "desks_cut": "the server reaches the outside site, no workstation does",
    "server_silent": "the server reaches nothing, and no workstation has reported",
    "outside_silent": "the outside site does not answer",
    "reported_only": "the address answers, but {count} workstations report that Alma does not work",
    "logins_fail": "all that needs the campus login fails, the campus itself answers",
    "system_answers": "the system itself answers, no way into it does",
    "neighbours_too": "Alma fails here, and at the neighbours",
    "single_report": "a person reports that Alma does not work; no colleague has said anything",
    "alma_silent": "the outside site answers, no way into Alma does",
    "announced": "a status page reports an incident",
    "outside_unread": "Alma fails; the outside site was not tried lately",
    "login_errors": "the usual way into Alma answers with an error, the other one answers",
    "usual_way_fails": "the usual way into Alma fails, the other one answers",
    "announced_unseen": "a status page reports an incident, Alma answers all the same",
    "answers": "Alma answers, nobody reports that it fails",
    "server_cut": "the server reached nobody, and no workstation has reported",
    "nothing_known": "nothing was observed lately",
    "vendor_silent": "no status page reports an incident",
    "vendor_reports": "{count} of {of} status pages report an incident",
    "some_work": "{count} of {of} workstations work",
    "neighbours_fail": "Alma fails at {count} of {of} neighbours",
    "neighbours_work": "Alma works at {count} of {of} neighbours",
}
