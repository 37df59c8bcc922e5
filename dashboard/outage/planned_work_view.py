"""Upcoming planned work, and the form to enter more by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import param

from dashboard.core.state import needs
from dashboard.outage.planned_work import TITLE, PlannedWorkState
from dashboard.translations import Language
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.handbook.model import Handbook
from procedure.local_time import is_ambiguous, library_zone, local
from procedure.status_pages.maintenance import PlannedWork, person_source

SHOWN = 5  # the maximum number of entries shown


@dataclass(frozen=True, slots=True)
class AnnouncedWork:
    """Planned work, formatted for display.

    `on` says whether the work is under way. `id` is empty unless the work was entered by hand.
    """

    when: str
    source: str
    title: str
    on: bool
    id: str = ""


class PlannedWorkView(HtmlView):
    """Planned work, upcoming or under way, and the form to enter more."""

    planned_work = needs(PlannedWorkState)

    @param.depends(
        "planned_work.opened",
        "planned_work.refusal",
        "planned_work.diagnosis.planned_work",
        "planned_work.diagnosis.result",
        "planned_work.diagnosis.updates.handbook",
    )
    def _html(self) -> str:
        planned_work = self.planned_work
        now = planned_work.diagnosis.context.clock.now()
        return render(
            "outage/planned_work",
            self.language,
            planned_work=announcements(planned_work, self.language),
            opened=planned_work.opened,
            refusal=refusal(planned_work.refusal, self.language),
            today=f"{now.astimezone(library_zone()):%Y-%m-%dT%H:00}",
            longest=TITLE,
            may_enter=planned_work.may_enter,
            may_publish=planned_work.may_publish,
        )

    def _act(self, act: str, value: str) -> None:
        if act == "plan":
            self.planned_work.open()
        elif act == "withdraw":
            self.planned_work.withdraw(value)

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "enter":
            begin, end, title = (fields.get(name, "") for name in ("begin", "end", "title"))
            self.planned_work.plan(begin, end, title, publish="readers" in fields)
        else:
            self._act(act, "")


def announcements(planned_work: PlannedWorkState, language: Language) -> list[AnnouncedWork]:
    """Return the planned work, formatted for display, with at most `SHOWN` entries."""
    diagnosis = planned_work.diagnosis
    now = diagnosis.context.clock.now()
    return [
        AnnouncedWork(
            when=span(work, language),
            source=source(work, diagnosis.updates.handbook, language),
            title=work.title,
            on=work.covers(now),
            id=planned_work.id_of(work),
        )
        for work in diagnosis.planned_work[:SHOWN]
    ]


def span(work: PlannedWork, language: Language) -> str:
    """Return the times of planned work, for example "dimanche 29 novembre, de 02:00 à 04:00"."""
    say, start, end = language.say, work.start, work.end
    if start is None:
        return say("sans heure annoncée")
    day = language.day(start)
    if end is None:
        return say("{day}, dès {begin}", day=day, begin=_clock(start, language))
    if local(start).date() == local(end).date():
        return say(
            "{day}, de {begin} à {end}",
            day=day,
            begin=_clock(start, language),
            end=_clock(end, language),
        )
    return say(
        "du {day}, {begin}, au {last}, {end}",
        day=day,
        begin=_clock(start, language),
        last=language.day(end),
        end=_clock(end, language),
    )


def source(work: PlannedWork, handbook: Handbook, language: Language) -> str:
    """Return the name of the page that announced the work, or where it was entered by hand."""
    if work.source.startswith(person_source("")):
        where = work.source.removeprefix(person_source(""))
        return language.say("saisi à la main, {where}", where=where or "?")
    words = handbook.words[language.code].targets
    pages = [
        words[key].name
        for key, target in handbook.targets.items()
        if target.feed is not None and work.source == f"feed:{target.feed.format}"
    ]
    return pages[0] if pages else work.source


def refusal(reason: str, language: Language) -> str:
    """Return the sentence that explains a refusal, or an empty string."""
    say = language.say
    skipped = say("Cette nuit-là, l’horloge saute de 02:00 à 03:00. Prenez une heure plus tard.")
    return {
        "begin_unreadable": say("Donnez le jour et l’heure du début."),
        "end_unreadable": say("Donnez le jour et l’heure de la fin."),
        "begin_skipped": skipped,
        "end_skipped": skipped,
        "backwards": say("La fin vient avant le début. Relisez les deux."),
        "over": say("Ces travaux sont déjà passés. Relisez le jour."),
        "too_long": say("Plus de sept jours\u202f: saisissez chaque partie à part."),
        "too_far": say("C’est dans plus d’un an. Relisez l’année."),
    }.get(reason, "")


def _clock(at: datetime, language: Language) -> str:
    zone = f" ({local(at):%Z})" if is_ambiguous(at) else ""
    return f"{language.clock(at)}{zone}"
