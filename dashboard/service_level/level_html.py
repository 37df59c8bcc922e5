"""The service level as a page that prints on one sheet and fetches nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dashboard.core.context import AppContext
from dashboard.service_level.level_report import TWELVE_MONTHS, LevelReport, OutageEvidence
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.local_time import local
from procedure.outages.service_level import DisputedDowntime, DisputeReason, LostTime, ServiceLevel

MINUTE = timedelta(minutes=1)
THIN = "\u202f"


def as_html(
    report: LevelReport,
    evidence: Mapping[datetime, OutageEvidence],
    context: AppContext,
    language: Language,
) -> str:
    """Return a report as an HTML page."""
    words = context.handbook.current.words[language.code]
    level, contract = report.level, report.contract
    lost = (level.whole, *level.months) if level else ()
    return render(
        "service_level/service_level",
        language,
        library=words.library,
        service=words.steps[contract.service].short,
        report=report,
        contract=contract,
        level=level,
        title=_title(report, language),
        names={choice: _choice_name(choice, language) for choice in report.choices},
        evidence=evidence,
        reasons=_reasons(language),
        why=lambda disputed: _why(disputed, language),
        share=lambda lost, part: _share(lost, part, language),
        length=hours_and_minutes,
        width=lambda part, whole: round(100 * min(part / whole, 1), 2) if whole else 0,
        # The monthly bars share a scale; the yearly bar has its own.
        widest=_widest(lost[:1], report),
        widest_month=_widest(lost[1:], report),
        month=lambda lost: _month(lost, context.clock.now(), language),
        running=local(context.clock.now()).year if report.choice == TWELVE_MONTHS else None,
        now=context.clock.now(),
    )


def _month(lost: LostTime, now: datetime, language: Language) -> str:
    """Return the name of the month in which a period starts, marked if it is this month."""
    begun, today = local(lost.start), local(now)
    name = language.month(begun)
    is_running = (begun.year, begun.month) == (today.year, today.month)
    return language.say("{month}, jusqu’ici", month=name) if is_running else name


def _title(report: LevelReport, language: Language) -> tuple[str, str, bool]:
    """Return the observed level, the vendor's figure, and whether the promise was broken."""
    say, level, percent = language.say, report.level, report.contract.percent
    if level is None:
        return say("Pas encore de bilan."), say("Il faut un mois de relevés."), False
    observed, announced = _shares(level, language)
    beside = say("Le fournisseur en annonce {share}\u202f%.", share=announced)
    if percent is None:
        return say("{share}\u202f% observés.", share=observed), beside, False
    promised = language.number(percent, 2)
    if level.whole.excess(report.contract):
        text = say(
            "Engagement non tenu\u202f: {share}\u202f% observés, {promised}\u202f% promis.",
            share=observed,
            promised=promised,
        )
        return text, beside, True
    text = say(
        "Engagement tenu\u202f: {share}\u202f% observés, {promised}\u202f% promis.",
        share=observed,
        promised=promised,
    )
    return text, beside, False


def _shares(level: ServiceLevel, language: Language) -> tuple[str, str]:
    whole = level.whole
    return _share(whole, whole.observed, language), _share(whole, whole.announced, language)


def _share(time: LostTime, lost: timedelta, language: Language) -> str:
    """Return the percentage of counted time not lost, rounded down; a dash if none is counted."""
    works = time.works(lost)
    # 99.999% with an outage must not be shown as 100.
    return "–" if works is None else language.number(int(10_000 * works) / 100, 2)


def hours_and_minutes(length: timedelta) -> str:
    """Return a duration in hours and minutes, even if it exceeds a day: 43 h 43, 22 min, 0.

    It is rounded to the minute, as in the history and the dossier.
    """
    hours, minutes = divmod((length + MINUTE / 2) // MINUTE, 60)
    if hours:
        return f"{hours}{THIN}h{THIN}{minutes:02d}"
    return f"{minutes}{THIN}min" if minutes else "0"


def _widest(lost: tuple[LostTime, ...], report: LevelReport) -> timedelta:
    longest = (
        part
        for month in lost
        for part in (month.observed, month.announced, month.allowed(report.contract) or timedelta())
    )
    return max(longest, default=timedelta()) * 1.15


def _choice_name(choice: str, language: Language) -> str:
    return language.say("12 mois révolus") if choice == TWELVE_MONTHS else choice


def _reasons(language: Language) -> dict[DisputeReason, str]:
    say = language.say
    return {
        DisputeReason.NEVER_ANNOUNCED: say("Jamais annoncée."),
        DisputeReason.ANNOUNCED_SHORTER: say("Annoncée plus courte."),
        DisputeReason.PLANNED_LATE: say("Rangée en travaux."),
    }


def _why(disputed: DisputedDowntime, language: Language) -> str:
    """Return why a downtime is disputed, with the times of the vendor's announcement if any."""
    say, outage = language.say, disputed.outage
    if disputed.reason is DisputeReason.PLANNED_LATE:
        return say("Relais l’a su trop tard pour que ces travaux soient exclus.")
    if disputed.reason is DisputeReason.NEVER_ANNOUNCED or outage.official_start is None:
        return say("Les pages d’état n’annonçaient rien.")
    begun = language.moment(outage.official_start, outage.start, short=True)
    if outage.official_end is None:
        return say("Annoncée dès {begun}.", begun=begun)
    ended = language.moment(outage.official_end, outage.start, short=True)
    return say("Annoncée de {begun} à {ended}.", begun=begun, ended=ended)
