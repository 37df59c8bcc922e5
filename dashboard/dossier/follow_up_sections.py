"""A dossier's sections on causes, follow-up tasks and the review."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from dashboard.dossier.section import Section
from dashboard.translations import Language
from dashboard.translations.outcome_messages import cause_name
from dashboard.translations.sentences import review_questions
from procedure.local_time import at_noon
from procedure.outages.dossier import Dossier
from procedure.outages.figures import SeenCause, seen_causes
from procedure.outages.follow_up import TaskAdded

Moment = Callable[[datetime], str]


def causes(
    dossier: Dossier, language: Language, target: Callable[[str], str], moment: Moment
) -> Section:
    """Return the section on why targets failed, and on announced incidents and work."""

    def cause_text(cause: SeenCause) -> str:
        names = " · ".join(map(target, cause.targets))  # names may contain commas
        why = cause_name(cause.cause, language)
        why = f"{why[:1].upper()}{why[1:]}"
        if cause.lasted is None:
            return language.say("{why} : {targets}, encore en échec.", why=why, targets=names)
        lasted = language.duration(cause.lasted)
        return language.say("{why} : {targets}, {span}.", why=why, targets=names, span=lasted)

    def announced() -> Iterator[str]:
        for period in dossier.official:
            page = target(period.target)
            if period.planned:
                at = moment(period.begin)
                yield language.say("Travaux annoncés dès {at} : {page}.", page=page, at=at)
            else:
                when = language.when(period.begin, dossier.begun)
                yield language.say("Incident annoncé, lu {when} : {page}.", page=page, when=when)

    lines = (*map(cause_text, seen_causes(dossier.observed, dossier.lanes)), *announced())
    nothing = language.say("Aucune cause ne ressort de ce qui a été relevé.")
    return Section(language.say("Causes, d’après les relevés"), lines or (nothing,))


def tasks(dossier: Dossier, language: Language, moment: Moment) -> Iterator[Section]:
    """Yield the section on tasks, open tasks first, if earlier versions of Relais recorded any."""
    say, outage = language.say, dossier.outage
    # If a task was marked as done several times, the first entry counts.
    done = {entry.task: entry for entry in reversed(outage.tasks_done)}

    def order(task: TaskAdded) -> tuple[bool, date]:
        is_done = task.id in done
        return is_done, date.max if is_done or task.due is None else task.due

    def row(task: TaskAdded) -> tuple[str, ...]:
        due = "" if task.due is None else language.day(at_noon(task.due), short=True)
        end = done.get(task.id)
        state = say("à faire") if end is None else say("fait, {at}", at=moment(end.at))
        by = end.operator if end is not None and end.operator else ""
        return language.written(task.text), task.owner, due, state, by

    if outage.tasks:
        rows = tuple(row(task) for task in sorted(outage.tasks, key=order))
        head = (say("Quoi"), say("Responsable"), say("Délai"), say("État"), say("Fait par"))
        yield Section(say("Suites à donner"), (), head, rows)


def review(dossier: Dossier, language: Language, moment: Moment) -> Section:
    """Return the section with the three questions of the review and the answers."""
    say, newest = language.say, dossier.outage.review
    answers = (newest.happened, newest.noticed, newest.change) if newest else ("", "", "")
    lines = (say("À écrire au guide, sous « Retour sur la panne »."),)
    if newest is not None:
        at, by = moment(newest.at), newest.operator or "–"
        lines = (say("Écrit par {name}, {at}.", name=by, at=at),)
    rows = tuple(
        (question, language.written(answer))
        for question, answer in zip(review_questions(language).values(), answers, strict=True)
    )
    return Section(say("Retour sur la panne"), lines, (say("Question"), say("Réponse")), rows)
