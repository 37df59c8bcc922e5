"""The lines below the fact in the status bar, such as the coordinators' message."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.translations import Language
from procedure.outages.outage_entries import OutageRecord


@dataclass(frozen=True, slots=True)
class Tell:
    """A line: its author, its text, and a link to a place of the dashboard.

    If `turns` is set, the page on which the outage was just ended opens that place by itself.
    """

    text: str
    source: str = ""
    link: str = ""
    place: str = ""
    turns: bool = False


def tells(phase: GuidePhase, language: Language) -> tuple[Tell, ...]:
    return tuple(_tells(phase, language))


def _tells(phase: GuidePhase, language: Language) -> Iterator[Tell]:
    say, outage, now = language.say, phase.outage, phase.context.clock.now()
    if outage.record is not None:
        yield _declared(outage.record, phase, language)
    elif outage.suspected is not None and outage.suspected.planned:
        yield Tell(_planned(phase, language))
    elif phase.phase is GuideMode.ASK:
        yield from _unannounced(phase, language)
    if phase.phase is GuideMode.LENT and phase.downtime and phase.downtime.end:
        begin, end = phase.downtime.start, phase.downtime.end
        text = say(
            "La coupure a duré {length} ({begin} – {end}). Personne ne l’a déclarée.",
            length=language.duration(end - begin),
            begin=language.moment(begin, now, short=True),
            end=language.moment(end, now, short=True),
        )
        yield Tell(text)
    elif outage.over is not None:
        yield _over(outage.over, phase, language)
    if outage.withdrawn is not None:
        yield _withdrawn(outage.withdrawn, phase, language)
    if outage.block_off is not None and outage.coordinates:
        text = say(
            "Blocage d’Alma retiré {when}\u202f: à remettre comme avant, une fois les fichiers "
            "envoyés.",
            when=language.when(outage.block_off, now),
        )
        yield Tell(text, link=say("Dire que c’est remis"), place="reconciliation")


def _declared(record: OutageRecord, phase: GuidePhase, language: Language) -> Tell:
    """Return the newest message about an outage or, if there is none, when the outage began.

    Once Alma answers, the line asks desks that still lend to wait for a message. Once coordinators
    have sent a message, the line shows the message instead.
    """
    say, news, now = language.say, record.message, phase.context.clock.now()
    is_old = news is None or (phase.since is not None and news.at < phase.since)
    if phase.phase is GuideMode.LEND_ON and record.lending and is_old:
        return Tell(say("La coordination vous dira sur cette ligne quand reprendre Alma."))
    begun = language.moment(record.declared.begun, now, short=True)
    text = (
        language.written(news.text_in(language.code))
        if news
        else say("panne déclarée, depuis {at}.", at=begun)
    )
    at = language.moment((news or record.declared).at, now, short=True)
    stopped = "" if record.lending else say("C1 n’est plus en vigueur.")
    return Tell(
        " ".join(filter(None, (text, _next_news(record, phase, language), stopped))),
        source=say("Coordination, {at}\u202f:", at=at),
    )


def _next_news(record: OutageRecord, phase: GuidePhase, language: Language) -> str:
    if record.next_news is None:
        return ""
    now = phase.context.clock.now()
    if phase.outage.overdue:
        at = language.moment(record.next_news, now, short=True)
        return language.say("Nouvelles attendues depuis {at}.", at=at)
    return language.say("Prochaines nouvelles {when}.", when=language.when(record.next_news, now))


def _planned(phase: GuidePhase, language: Language) -> str:
    say, suspected, now = language.say, phase.outage.suspected, phase.context.clock.now()
    assert suspected is not None
    title = f"{suspected.title}." if suspected.title else ""
    until = (
        say("Fin annoncée {when}.", when=language.when(suspected.until, now))
        if suspected.until
        else ""
    )
    return " ".join(filter(None, (say("Des travaux annoncés sont en cours."), title, until)))


def _unannounced(phase: GuidePhase, language: Language) -> Iterator[Tell]:
    """Yield a line that asks the desk to inform a contact, if no status page announces anything."""
    path = phase.suggested_path
    guide = path.guide
    quiet = any(
        suggestion.reason.key == "pages_quiet" for suggestion in path.diagnosis.suggestions.values()
    )
    calls = bool(path.end) and guide.procedure.steps[path.end].contact is not None
    if quiet and calls and guide.grid.state.failing:
        yield Tell(
            language.say(
                "Aucune page ne l’annonce\u202f: à vous de le signaler ({step}).", step=path.end
            )
        )


def _over(record: OutageRecord, phase: GuidePhase, language: Language) -> Tell:
    say, outage = language.say, phase.outage
    assert record.over is not None
    when, title = (
        language.when(record.over.ended, phase.context.clock.now()),
        _title(record, language),
    )
    text = say("Panne «\u202f{title}\u202f» finie {when}.", title=title, when=when)
    if outage.is_signed or not outage.coordinates:
        return Tell(text)
    return Tell(
        text,
        link=say("Transférer les prêts dans Alma"),
        place="reconciliation",
        turns=record.declared.id == outage.ended_here,
    )


def _withdrawn(record: OutageRecord, phase: GuidePhase, language: Language) -> Tell:
    assert record.withdrawn is not None
    when = language.when(record.withdrawn.at, phase.context.clock.now())
    text = language.say(
        "{title}\u202f: déclaration retirée {when}.", title=_title(record, language), when=when
    )
    return Tell(" ".join((text, language.say("C1 n’est plus en vigueur."))))


def _title(record: OutageRecord, language: Language) -> str:
    return language.written(record.declared.title)
