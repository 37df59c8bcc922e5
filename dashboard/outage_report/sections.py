"""What a dossier says, section by section, in one language: lines and tables of plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dashboard.history.texts import announced_after
from dashboard.outage_report.events import EventText
from dashboard.outage_report.names import loan_states, open_points
from dashboard.translations import Language
from dashboard.translations.sentences import lower_first
from procedure.handbook.model import Handbook, Words
from procedure.handbook.services import services
from procedure.monitoring import messages as causes
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.services import announced_keys
from procedure.outages.dossier import DeskLoans, Dossier, OfficialPeriod
from procedure.reconciliation.loan_state import ReconciliationState

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, lines below it, and a table; either may be empty."""

    heading: str
    lines: tuple[str, ...] = ()
    head: Row = ()
    rows: tuple[Row, ...] = ()


def sections(dossier: Dossier, handbook: Handbook, language: Language) -> tuple[Section, ...]:
    """Say everything that a dossier holds, in the order in which it is read."""
    paper = _Paper(dossier, handbook, language)
    return (
        paper.summary(),
        paper.times(),
        paper.told(),
        paper.loans(),
        paper.open(),
        paper.course(),
    )


@dataclass(frozen=True, slots=True)
class _Paper:
    """One dossier with the words for it."""

    dossier: Dossier
    handbook: Handbook
    language: Language

    def summary(self) -> Section:
        say, one, declared = self.language.say, self.dossier, self.dossier.outage.declared
        lines = (
            self._lasting(),
            say("Travaux annoncés.") if declared.planned else "",
            say("Déclarée à {at}.", at=self._moment(declared.at)),
            self.language.plural(
                "{count} prêt enregistré.", "{count} prêts enregistrés.", one.loans_total
            ),
            say("Dossier établi à {at}. Heures de Genève.", at=self._moment(one.made_at)),
        )
        return Section(say("En bref"), tuple(line for line in lines if line))

    def _lasting(self) -> str:
        one, over, say = self.dossier, self.dossier.outage.over, self.language.say
        begun, lasted = self.language.day(one.begun), self.language.duration(one.lasted)
        begun = f"{begun}, {self.language.clock(one.begun)}"
        if over is None:
            return say(
                "Depuis {begun}, encore en cours après {lasted}.", begun=begun, lasted=lasted
            )
        ended = self._moment(over.ended)
        return say("Du {begun} à {ended}, {lasted}.", begun=begun, ended=ended, lasted=lasted)

    def times(self) -> Section:
        say = self.language.say
        head = (say("Qui"), say("Quoi"), say("De"), say("À"), say("Durée"))
        rows = (
            *map(self._observed, self.dossier.observed),
            *map(self._said, self.dossier.official),
        )
        lines = () if rows else (say("Rien n’a été vu en échec, et aucune page ne l’a annoncé."),)
        unread = [one for one in self.dossier.observed if one.unread]
        notes = tuple(
            say(
                "{target} : pas relevé pendant {span} de ce temps.",
                target=self._target(one.target),
                span=self.language.duration(one.unread),
            )
            for one in unread
        )
        return Section(say("Annoncé et observé"), (*lines, *self._beside(), *notes), head, rows)

    def _beside(self) -> Iterator[str]:
        """Say how the official word compares, of the services if any was seen to fail."""
        say, steps = self.language.say, self.handbook.procedure.steps
        announceable = announced_keys(services(self.handbook.procedure))
        found = [one for one in self.dossier.observed if one.target in announceable]
        for one in [one for one in found if one.target in steps] or found:
            if one.planned:
                said = say("travaux annoncés")
            elif one.official_start is None:
                said = say("jamais annoncée")
            else:
                said = lower_first(announced_after(one, self.language))
            yield say("{target}\u202f: panne {said}.", target=self._target(one.target), said=said)

    def told(self) -> Section:
        say, contacts = self.language.say, self._words.contacts
        rows = tuple(
            (contacts[one.contact].name if one.contact in contacts else str(one.contact),
             self._moment(one.at), one.workstation, one.text)
            for one in self.dossier.told
        )  # fmt: skip
        lines = () if rows else (say("Personne, d’après ce dossier."),)
        head = (say("Contact"), say("Quand"), say("Poste"), say("Remarque"))
        return Section(say("Qui a été averti"), lines, head, rows)

    def loans(self) -> Section:
        say, desks = self.language.say, self.dossier.loans
        if not desks:
            return Section(say("Prêts"), (say("Aucun prêt enregistré."),))
        names = loan_states(self.language)
        shown = [
            state for state in ReconciliationState if any(one.states.get(state) for one in desks)
        ]
        total: Counter[ReconciliationState] = Counter()
        for one in desks:
            total.update(one.states)
        rows = [self._desk_row(one, shown) for one in desks]
        rows.append((say("Ensemble"), *(str(total[state]) for state in shown), str(total.total())))
        head = (say("Guichet"), *(names[state] for state in shown), say("Total"))
        return Section(say("Prêts"), tuple(self._accounted()), head, tuple(rows))

    def _accounted(self) -> Iterator[str]:
        """Say how many loans are settled, and who signed for them."""
        say, one, number = self.language.say, self.dossier, self.language.number
        yield say(
            "En règle : {settled} sur {total}.",
            settled=number(one.loans_settled),
            total=number(one.loans_total),
        )
        if one.signed is not None:
            yield say(
                "Retour dans Alma signé par {name} ({at}). Lignes\u202f: {count}.",
                name=one.signed.operator,
                at=self._moment(one.signed.at),
                count=number(one.signed.rows),
            )

    def open(self) -> Section:
        say, sentences = self.language.say, open_points(self.language)
        lines = tuple(
            sentences[one.key].format(count=self.language.number(one.count))
            for one in self.dossier.open_points
        )
        return Section(say("Points ouverts"), lines or (say("Aucun."),))

    def course(self) -> Section:
        say = self.language.say
        teller = EventText(self.handbook, self.language, self.dossier.made_at)
        rows = tuple(
            (self._moment(one.at), teller.sentence(one), one.workstation)
            for one in self.dossier.events
        )
        head = (say("Heure"), say("Ce qui s’est passé"), say("Poste"))
        return Section(say("Déroulement"), (), head, rows)

    def _desk_row(self, one: DeskLoans, shown: list[ReconciliationState]) -> Row:
        counts = (str(one.states.get(state, 0)) for state in shown)
        return (self._desk(one.desk), *counts, str(one.total))

    def _observed(self, one: Downtime) -> Row:
        say, code = self.language.say, self.language.code
        why = causes.cause_name(one.cause, code) if one.cause else ""
        target = self._target(one.target)
        what = say("{target} : échec ({why})", target=target, why=why) if why else say(
            "{target} : échec", target=target
        )  # fmt: skip
        return (say("Vu du serveur"), what, *self._span(one.start, one.end))

    def _said(self, one: OfficialPeriod) -> Row:
        say = self.language.say
        by_eye = one.source.startswith("person:")
        who = say("Lu par une personne") if by_eye else say("Lu par le serveur")
        page = self._target(one.target)
        what = say("{page}\u202f: incident annoncé", page=page)
        if one.planned:
            what = say("{page}\u202f: travaux annoncés", page=page)
            who = say("Saisi à la main")
        return (who, what, *self._span(one.begin, one.end))

    def _span(self, begin: datetime, end: datetime | None) -> Row:
        if end is None:
            return self._moment(begin), "–", ""
        return self._moment(begin), self._moment(end), self.language.duration(end - begin)

    @property
    def _words(self) -> Words:
        return self.handbook.words[self.language.code]

    def _target(self, key: str) -> str:
        if key in self._words.steps:
            return self._words.steps[key].short
        return self._words.targets[key].name if key in self._words.targets else key

    def _desk(self, code: str) -> str:
        return self.handbook.desks[code].name if code in self.handbook.desks else code

    def _moment(self, at: datetime) -> str:
        return self.language.moment(at, self.dossier.begun, short=True)
