"""Suggested answers to the guide's questions, to be confirmed by staff."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from procedure.diagnosis.evidence import Evidence, VantageView
from procedure.guide.contact_hours import applicable_step
from procedure.guide.steps import Step
from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER
from procedure.status_pages.status import PageStatus


@dataclass(frozen=True, slots=True)
class SuggestionReason:
    """The reason for a suggestion, as a key of `REASONS` and the values in its text."""

    key: str
    values: Mapping[str, int | str] = field(default_factory=dict[str, int | str])

    def __str__(self) -> str:
        return REASONS[self.key].format(**self.values)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The answer that the evidence suggests for a step, or None, and the reason."""

    step: str
    answer: str | None
    reason: SuggestionReason


# The English texts of the reasons, stored in the journal; the dashboard has translations.
REASONS: dict[str, str] = {
    "page_reports": "{count} of {of} status pages report an incident",
    "work_is_on": "announced work is in progress",
    "work_is_ahead": "no incident is reported; announced work is not in progress",
    "pages_quiet": "all {of} status pages were read recently and report nothing",
    "pages_unread": "{count} of {of} status pages were read recently; none reports an incident",
    "no_colleague": "no other workstation shows whether Alma works",
    "colleagues_work": "{count} of {of} other workstations reach Alma",
    "colleagues_fail": "0 of {of} other workstations reach Alma",
    "colleagues_say_no": "people at {count} other workstations say that Alma does not work",
    "colleagues_differ": "{count} of {of} other workstations reach Alma: they disagree",
    "only_vdi": "all {count} VDI workstations fail, {of} others work",
    "not_tried_here": "not tried from here recently",
    "answers_here": "an address answers from here",
    "none_answers_here": "none of {of} addresses answers from here",
    "one_unread_here": "{count} of {of} addresses fail from here; the others were not tried",
    "login_unconfirmed": "the address answers; nobody has confirmed that logging in works",
    "no_rule": "this question has no rule",
}


def suggest_answer(step: Step, evidence: Evidence) -> Suggestion:
    """Return the answer that the evidence suggests for a question."""
    rule = RULES.get(step.evidence or "")
    if rule is None:
        return Suggestion(step.key, None, SuggestionReason("no_rule"))
    meaning, reason = rule(step, evidence)
    return Suggestion(step.key, step.answer_meaning(meaning), reason)


def _official(step: Step, evidence: Evidence) -> tuple[str | None, SuggestionReason]:
    words = [evidence.words[key] for key in step.targets if key in evidence.words]
    incidents, of = words.count(PageStatus.INCIDENT), len(step.targets)
    if incidents:
        return "announced", SuggestionReason("page_reports", {"count": incidents, "of": of})
    if evidence.planned:
        return "announced", SuggestionReason("work_is_on")
    if words.count(PageStatus.OK) == of:
        return "not-announced", SuggestionReason("pages_quiet", {"of": of})
    if len(words) == of:
        return None, SuggestionReason("work_is_ahead")
    return None, SuggestionReason("pages_unread", {"count": len(words), "of": of})


def _colleagues(step: Step, evidence: Evidence) -> tuple[str | None, SuggestionReason]:
    others = [view for view in evidence.on_our_network if view.vantage.key != evidence.asker]
    answers = [alma for view in others if (alma := evidence.alma_works_at(view)) is not None]
    counts: dict[str, int | str] = {"count": sum(answers), "of": len(answers)}
    if not answers:
        return None, SuggestionReason("no_colleague")
    vdi = _only_vdi(evidence, others) if step.answer_meaning("only-vdi") else None
    if vdi is not None:
        return "only-vdi", vdi
    if all(answers):
        return "works", SuggestionReason("colleagues_work", counts)
    if not any(answers):
        return "fails", SuggestionReason("colleagues_fail", counts)
    if evidence.reports_outweigh(others):
        against = sum(view.works is False for view in others)
        return "fails", SuggestionReason("colleagues_say_no", counts | {"count": against})
    return None, SuggestionReason("colleagues_differ", counts)


def _only_vdi(evidence: Evidence, others: list[VantageView]) -> SuggestionReason | None:
    """Return the reason if Alma fails at all VDI workstations and works at all others, or None.

    At least one of the VDI workstations must not be the asker's.
    """
    everyone = others if evidence.asker == SERVER.key else [*others, evidence.asker_view]
    answers = [(view.vantage.vdi, evidence.alma_works_at(view)) for view in everyone]
    vdi = [works for is_vdi, works in answers if is_vdi and works is not None]
    rest = [works for is_vdi, works in answers if not is_vdi and works is not None]
    colleagues_fail = any(
        view.vantage.vdi and evidence.alma_works_at(view) is False for view in others
    )
    if colleagues_fail and not any(vdi) and rest and all(rest):
        return SuggestionReason("only_vdi", {"count": len(vdi), "of": len(rest)})
    return None


def _reach(step: Step, evidence: Evidence) -> tuple[str | None, SuggestionReason]:
    view, of = evidence.asker_view, len(step.targets)
    known = sum(view.knows(target) for target in step.targets)
    if not known:
        return None, SuggestionReason("not_tried_here")
    if view.reaches(step.targets):
        return "answers", _answering(step, evidence)
    if known == of:
        return "silent", SuggestionReason("none_answers_here", {"of": of})
    return None, SuggestionReason("one_unread_here", {"count": known, "of": of})


def _answering(step: Step, evidence: Evidence) -> SuggestionReason:
    into_alma = set(step.targets) <= set(evidence.roles.ways_in)
    reported = [view.works for view in evidence.views.values() if view.works is not None]
    if into_alma and False in reported and True not in reported:
        return SuggestionReason("login_unconfirmed")
    return SuggestionReason("answers_here")


RULES: dict[str, Callable[[Step, Evidence], tuple[str | None, SuggestionReason]]] = {
    "official": _official,
    "colleagues": _colleagues,
    "reach": _reach,
}


def suggested_next_step(
    handbook: Handbook,
    suggestions: Mapping[str, Suggestion],
    now: datetime,
    closed: Collection[date] = (),
) -> str:
    """Follow the suggestions from the start, and return the last step.

    The path ends at the first step without a suggestion. If that step has a contact who is away,
    its `when_closed` step, if any, is returned instead.
    """
    steps = handbook.procedure.steps
    at = handbook.procedure.start
    while (suggestion := suggestions.get(at)) is not None and suggestion.answer is not None:
        following = steps[at].next_step(suggestion.answer)
        if following is None:
            break
        at = following
    return applicable_step(steps[at], handbook.contacts, now, closed)
