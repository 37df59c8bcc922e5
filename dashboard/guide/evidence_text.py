"""The evidence for a question in the procedure, on one line."""

from dashboard.guide.suggestion_text import suggestion_text
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.translations import Language
from procedure.diagnosis.suggestion import Suggestion, SuggestionReason
from procedure.guide.steps import Step
from procedure.status_pages.reading_validity import CurrentStatus
from procedure.status_pages.status import PageStatus


def evidence_text(step: Step, diagnosis: DiagnosisState, language: Language) -> str:
    """Return the reason for a suggestion or, for a question on status pages, what they announce."""
    none = Suggestion(step.key, None, SuggestionReason("no_rule"))
    pages = _pages_text(step, diagnosis, language) if step.evidence == "official" else ""
    return pages or suggestion_text(diagnosis.suggestions.get(step.key, none).reason, language)


def _pages_text(step: Step, diagnosis: DiagnosisState, language: Language) -> str:
    """Return each page's announcement, except for the pages that are quoted below the text.

    The text is empty if all pages share one status other than an incident.
    """
    say, now = language.say, diagnosis.context.clock.now()
    names = diagnosis.updates.handbook.words[language.code].targets
    quoted: list[str] = []
    by_status: dict[PageStatus, list[str]] = {}
    for key in step.targets:
        counts, name = diagnosis.page_statuses.get(key, CurrentStatus()).counts, names[key].name
        if counts and counts.quote:
            quoted.append(name)
            continue
        status = counts.status if counts else PageStatus.UNKNOWN
        if counts and status is PageStatus.INCIDENT:
            at = language.moment(counts.at, now, short=True)
            name = f"{name} ({at})"
        by_status.setdefault(status, []).append(name)
    if not by_status:
        return say("À lire\u202f: {pages}.", pages=", ".join(quoted))
    if not quoted and len(by_status) == 1 and PageStatus.INCIDENT not in by_status:
        return ""
    sentences = {
        PageStatus.INCIDENT: say("Annoncé\u202f: {pages}."),
        PageStatus.PLANNED: say("Travaux\u202f: {pages}."),
        PageStatus.OK: say("Rien\u202f: {pages}."),
        PageStatus.UNKNOWN: say("Pas lu\u202f: {pages}."),
    }
    return " ".join(
        sentence.format(pages=", ".join(by_status[status]))
        for status, sentence in sentences.items()
        if status in by_status
    )
