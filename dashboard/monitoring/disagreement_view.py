"""Official against observed, when the two do not agree: who says what, and what we see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.monitoring.status_pages import newest
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from procedure.diagnosis.disagreement import Disagreement, Dispute
from procedure.handbook.model import TargetWords
from procedure.status_pages.status import PageStatus


@dataclass(frozen=True, slots=True)
class DisagreementText:
    """The box in words: who announces, what and when; what we observe, and since when."""

    who: str
    word: str
    at: str
    observed: str
    since: str


def disagreement_text(
    workstations: Workstations, names: Mapping[str, TargetWords], language: Language
) -> DisagreementText | None:
    """Name the disagreement; None while there is none."""
    disagreement = workstations.disagreement
    if disagreement is None:
        return None
    now, say = workstations.context.now(), language.say
    wanted = PageStatus.INCIDENT if disagreement.kind is Dispute.NOT_SEEN else PageStatus.OK
    told = [one for one in newest(workstations.diagnosis.readings(), now) if one.status is wanted]
    pages = list(dict.fromkeys(names[one.target].name for one in told))
    since = workstations.grid.state.since
    return DisagreementText(
        who=", ".join(pages),
        word=say("Un incident") if wanted is PageStatus.INCIDENT else say("Rien d’annoncé"),
        at=say("à {at}", at=language.moment(told[0].at, now, short=True)) if told else "",
        observed=_observed(disagreement, language),
        since=say("depuis {at}", at=language.moment(since, now, short=True))
        if since and workstations.grid.state.failing
        else "",
    )


def _observed(disagreement: Disagreement, language: Language) -> str:
    failing = disagreement.failing
    return language.plural(
        "{count} échec sur {of}", "{count} échecs sur {of}", failing.count, of=failing.of
    )
