"""The sections of a dossier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.dossier import follow_up_sections
from dashboard.dossier.event_text import EventText
from dashboard.dossier.loans_section import LoansSection
from dashboard.dossier.section import Row, Section
from dashboard.history.history_text import announced_after
from dashboard.reconciliation.reconciliation_text import open_point_texts
from dashboard.translations import Language
from dashboard.translations.outcome_messages import cause_name
from dashboard.translations.sentences import who_did
from procedure.handbook.model import Handbook, Words, services
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.service_states import announced_keys
from procedure.outages.dossier import Dossier
from procedure.outages.official_periods import OfficialPeriod


def sections(dossier: Dossier, handbook: Handbook, language: Language) -> tuple[Section, ...]:
    """Return the sections of a dossier, in order."""
    written = _DossierSections(dossier, handbook, language)
    return (
        written.summary(),
        written.times(),
        written.causes(),
        written.contacted(),
        *LoansSection(dossier, language, written.desk, written.moment).sections(),
        written.open(),
        *follow_up_sections.tasks(dossier, language, written.moment),
        follow_up_sections.review(dossier, language, written.moment),
        written.course(),
    )


@dataclass(frozen=True, slots=True)
class _DossierSections:
    """Writes the sections of a dossier."""

    dossier: Dossier
    handbook: Handbook
    language: Language

    def summary(self) -> Section:
        say, dossier = self.language.say, self.dossier
        declared = dossier.outage.declared
        lines = (
            self._lasting(),
            self._planned() if declared.planned else "",
            self._declared(),
            self._failed(),
            self._led(),
            self.language.plural(
                "{count} prêt enregistré.", "{count} prêts enregistrés.", dossier.loans_total
            ),
            self.language.plural(
                "{count} prêt annulé, non compté.",
                "{count} prêts annulés, non comptés.",
                dossier.loans_void,
            )
            if dossier.loans_void
            else "",
            say("Dossier établi {when}. Heures locales.", when=self.when(dossier.made_at)),
        )
        return Section(say("En bref"), tuple(line for line in lines if line))

    def _planned(self) -> str:
        """Return a line on the planned end of announced work, and on how long the work overran."""
        say, dossier = self.language.say, self.dossier
        ends = [period.end for period in dossier.official if period.planned and period.end]
        if not ends:
            return say("Travaux annoncés.")
        text = say("Travaux annoncés, fin prévue {when}.", when=self.when(max(ends)))
        if dossier.overran < timedelta(minutes=1):
            return text
        longer = self.language.duration(dossier.overran)
        return f"{text} " + say("Ils ont duré {span} de plus.", span=longer)

    def _declared(self) -> str:
        say, declared = self.language.say, self.dossier.outage.declared
        when, by = self.when(declared.at), who_did(declared.operator, declared.workstation)
        if by:
            return say("Déclarée {when} par {name}.", when=when, name=by)
        return say("Déclarée {when}.", when=when)

    def _failed(self) -> str:
        """Return a line on when an address of the library system first failed, or ""."""
        say, failed = self.language.say, self.dossier.failed
        if failed is None:
            return ""
        until_declared = self.dossier.outage.declared.at - failed.start
        text = (
            say("Premier échec relevé : {at} ({target}), {span} avant la déclaration.")
            if until_declared >= timedelta()
            else say("Premier échec relevé : {at} ({target}), {span} après la déclaration.")
        )
        return text.format(
            at=self.moment(failed.start),
            target=self._target(failed.target),
            span=self.language.between(*sorted((failed.start, self.dossier.outage.declared.at))),
        )

    def _led(self) -> str:
        """Return who led the outage and when each leader took over; empty if nobody led it."""
        leaders = ", ".join(
            f"{led.leader} ({self.moment(led.at)})" for led in self.dossier.outage.leaders
        )
        return self.language.say("Menée par {names}.", names=leaders) if leaders else ""

    def _lasting(self) -> str:
        dossier, over, say = self.dossier, self.dossier.outage.over, self.language.say
        lasted = self.language.between(dossier.begun, dossier.begun + dossier.lasted)
        begun = self.language.day(dossier.begun)
        begun = f"{begun}, {self.language.clock(dossier.begun)}"
        if over is None:
            return say(
                "Depuis {begun}, encore en cours après {lasted}.", begun=begun, lasted=lasted
            )
        ended = self.moment(over.ended)
        return say("Du {begun} à {ended}, {lasted}.", begun=begun, ended=ended, lasted=lasted)

    def times(self) -> Section:
        say = self.language.say
        head = (say("Qui"), say("Quoi"), say("De"), say("À"), say("Durée"))
        rows = (
            *map(self._observed, self.dossier.observed),
            *map(self._announced, self.dossier.official),
        )
        nothing = say("Rien n’a été vu en échec, et aucune page ne l’a annoncé.")
        if self.dossier.outage.declared.planned:
            nothing = say("Rien n’a été vu en échec.")
        lines = () if rows else (nothing,)
        notes = tuple(
            say(
                "{target} : pas relevé pendant {span} de ce temps.",
                target=self._target(outage.target),
                span=self.language.duration(outage.unread),
            )
            for outage in self.dossier.observed
            if outage.unread
        )
        lines = (*lines, *self._announcement_lines(), *notes)
        return Section(say("Annoncé et observé"), lines, head, rows)

    def _announcement_lines(self) -> Iterator[str]:
        """Yield when each downtime of a service (or, if none failed, of a target) was announced."""
        say, steps = self.language.say, self.handbook.procedure.steps
        announceable = announced_keys(services(self.handbook))
        observed = [outage for outage in self.dossier.observed if outage.target in announceable]
        for downtime in [outage for outage in observed if outage.target in steps] or observed:
            if downtime.planned or self.dossier.outage.declared.planned:
                text = say("travaux annoncés")
            elif downtime.official_start is None:
                text = say("jamais annoncée")
            else:
                text = self.language.after_colon(announced_after(downtime, self.language))
            target = self._target(downtime.target)
            yield say("{target}\u202f: panne {said}.", target=target, said=text)

    def causes(self) -> Section:
        return follow_up_sections.causes(self.dossier, self.language, self._target, self.moment)

    def contacted(self) -> Section:
        say, contacts = self.language.say, self._words.contacts
        names = {key: words.name for key, words in contacts.items()}
        rows = tuple(
            (
                names.get(call.contact or "", str(call.contact)),
                self.moment(call.at),
                who_did(call.operator, call.workstation),
                self.language.written(call.text),
            )
            for call in self.dossier.contacts
        )
        lines = () if rows else (say("Aucun contact noté."),)
        head = (say("Contact"), say("Quand"), say("Qui"), say("Remarque"))
        return Section(say("Contacts avertis"), lines, head, rows)

    def open(self) -> Section:
        say, sentences = self.language.say, open_points(self.language)
        lines = tuple(
            sentences[open_point.key].format(count=self.language.number(open_point.count))
            for open_point in self.dossier.open_points
        )
        return Section(say("Points ouverts"), lines or (say("Aucun."),))

    def course(self) -> Section:
        say = self.language.say
        teller = EventText(self.handbook, self.language, self.dossier.made_at)
        rows = tuple(
            (self.moment(event.at), teller.sentence(event), teller.who(event))
            for event in self.dossier.events
        )
        head = (say("Heure"), say("Ce qui s’est passé"), say("Qui"))
        return Section(say("Déroulement"), (), head, rows)

    def _observed(self, downtime: Downtime) -> Row:
        say = self.language.say
        cause = cause_name(downtime.cause, self.language) if downtime.cause else ""
        target = self._target(downtime.target)
        what = say("{target} : échec", target=target)
        if cause:
            what = say("{target} : échec ({why})", target=target, why=cause)
        return (say("Vu du serveur"), what, *self._span(downtime.start, downtime.end))

    def _announced(self, period: OfficialPeriod) -> Row:
        say = self.language.say
        by_eye = period.source.startswith("person:")
        who = say("Lu par une personne") if by_eye else say("Lu par le serveur")
        page = self._target(period.target)
        what = say("{page}\u202f: incident annoncé", page=page)
        if period.planned:
            what = say("{page}\u202f: travaux annoncés", page=page)
            who = say("Saisi à la main")
        elif period.stated:
            what = say(
                "{page}\u202f: incident annoncé (d’après la page\u202f: {at})",
                page=page,
                at=self.moment(period.stated),
            )
        return (who, what, *self._span(period.begin, period.end))

    def _span(self, begin: datetime, end: datetime | None) -> Row:
        if end is None:
            return self.moment(begin), "–", ""
        return self.moment(begin), self.moment(end), self.language.between(begin, end)

    @property
    def _words(self) -> Words:
        return self.handbook.words[self.language.code]

    def _target(self, key: str) -> str:
        if key in self._words.steps:
            return self._words.steps[key].short
        return self._words.targets[key].name if key in self._words.targets else key

    def desk(self, code: str) -> str:
        return self.handbook.desks[code].name if code in self.handbook.desks else code

    def moment(self, at: datetime) -> str:
        return self.language.moment(at, self.dossier.begun, short=True)

    def when(self, at: datetime) -> str:
        return self.language.when(at, self.dossier.begun)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure at the top of a dossier, with its name and a remark."""

    name: str
    figure: str
    about: str


def facts(dossier: Dossier, language: Language) -> tuple[Fact, ...]:
    """Return the figures at the top of a dossier."""
    say, number = language.say, language.number
    declared = dossier.outage.declared
    after = language.between(dossier.begun, max(declared.at, dossier.begun))
    returns, left = (sum(getattr(cart, of) for cart in dossier.carts) for of in ("all", "left"))
    return (
        Fact(
            say("Durée"),
            language.between(dossier.begun, dossier.begun + dossier.lasted),
            say("déclarée après {span}", span=after),
        ),
        Fact(
            say("Prêts"),
            number(dossier.loans_total),
            language.plural("{count} traité", "{count} traités", dossier.loans_settled)
            if dossier.loans_total
            else "",
        ),
        Fact(
            say("Retours sur chariot"),
            number(returns),
            language.plural("{count} à rendre", "{count} à rendre", left) if left else "",
        ),
        Fact(say("Points ouverts"), number(len(dossier.open_points)), ""),
    )


def open_points(language: Language) -> dict[str, str]:
    """Return the sentences for open points, by key, with `{count}` for the number."""
    say = language.say
    about_it = {
        "not_over": say("La fin n’est pas encore confirmée."),
        "still_down": say("Encore en échec, vu du serveur : {count}."),
        "nobody_told": say("Aucun contact n’est noté."),
        "no_message": say("Aucun message n’a été envoyé aux postes."),
        "not_announced": say("Aucune page d’état lue n’a annoncé d’incident."),
        "not_read": say("Échecs avec plus de 5 min sans relevé : {count}."),
    }
    return about_it | open_point_texts(language)
