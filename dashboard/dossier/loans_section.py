"""A dossier's sections on loans and carts."""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

from dashboard.dossier.section import Section
from dashboard.reconciliation.reconciliation_text import reasons
from dashboard.translations import Language
from dashboard.translations.sentences import accounted_text, stage_names, who_did
from procedure.outages.dossier import Dossier
from procedure.reconciliation.reconciled_loan import Stage


@dataclass(frozen=True, slots=True)
class LoansSection:
    """Writes the sections; `desk` returns a desk's name, and `moment` formats a time."""

    dossier: Dossier
    language: Language
    desk: Callable[[str], str]
    moment: Callable[[datetime], str]

    def sections(self) -> Iterator[Section]:
        """Yield the section on loans and, if the dossier has carts, the section on carts."""
        yield self._loans()
        if self.dossier.carts:
            yield self._carts()

    def _carts(self) -> Section:
        say, carts, number = self.language.say, self.dossier.carts, self.language.number
        counted = [(self.desk(cart.desk), cart.accounted, cart.left, cart.all) for cart in carts]
        sums = tuple(sum(column) for column in list(zip(*counted, strict=True))[1:])
        rows = tuple(
            (name, *map(number, counts)) for name, *counts in [*counted, (say("Ensemble"), *sums)]
        )
        head = (say("Guichet"), say("Rendus"), say("Restent"), say("Total"))
        return Section(say("Chariots de cette panne"), (), head, rows)

    def _loans(self) -> Section:
        """Return the section on loans; its table has a row per desk and a column per stage."""
        say, desks = self.language.say, self.dossier.loans
        if not desks:
            return Section(say("Prêts"), (say("Aucun prêt enregistré."),))
        counted = [
            (
                self.desk(desk.desk),
                (*astuple(desk.counts)[:-1], desk.counts.total, desk.counts.cancelled),
            )
            for desk in desks
        ]
        sums = tuple(sum(column) for column in zip(*(row for _, row in counted), strict=True))
        rows = [(name, *map(str, row)) for name, row in [*counted, (say("Ensemble"), sums)]]
        names = stage_names(self.language)
        *counted_stages, cancelled = (names[stage] for stage in Stage)
        head = (say("Guichet"), *counted_stages, say("Total"), cancelled)
        return Section(say("Prêts"), tuple(self._loan_lines()), head, tuple(rows))

    def _loan_lines(self) -> Iterator[str]:
        """Yield the lines above the table, such as how many loans are settled and who signed."""
        say, dossier = self.language.say, self.dossier
        yield accounted_text(
            dossier.loans_settled, dossier.loans_total, dossier.pending, self.language
        )
        if dossier.settled is not None:
            yield self._settled(dossier.settled)
        if dossier.refused:
            yield self._refused()
        if dossier.signed is not None:
            yield say(
                "Transfert dans Alma signé par {name} ({at}).",
                name=who_did(dossier.signed.operator, dossier.signed.workstation),
                at=self.moment(dossier.signed.at),
            )
        yield from self._list_lines()

    def _settled(self, at: datetime) -> str:
        """Return when the last loan was settled, and how long that was after Alma recovered."""
        say, answered = self.language.say, self.dossier.answered
        if answered is None or at < answered:
            return say("Dernier prêt traité\u202f: {at}.", at=self.moment(at))
        return say(
            "Dernier prêt traité\u202f: {at}, {span} après qu’Alma a de nouveau répondu.",
            at=self.moment(at),
            span=self.language.between(answered, at),
        )

    def _refused(self) -> str:
        """Return the number of loans that Alma refused, the number of attempts, and the reasons."""
        say, number, texts = self.language.say, self.language.number, reasons(self.language)
        counted = [
            f"{texts[key].title if key in texts else _named(key, say)} ({number(count)})"
            for key, count in self.dossier.refused
        ]
        loans = sum(count for _, count in self.dossier.refused)
        what = self.language.plural("{count} prêt", "{count} prêts", loans)
        if self.dossier.refusals > loans:
            what = say(
                "{loans}, en {count} essais", loans=what, count=number(self.dossier.refusals)
            )
        return say(
            "Refusés par Alma\u202f: {what}. {reasons}.", what=what, reasons=" · ".join(counted)
        )

    def _list_lines(self) -> Iterator[str]:
        """Yield lines on the lists of accounts and items, if they flagged any loan."""
        say, number, lists = self.language.say, self.language.number, self.dossier.lists
        if not (lists.warned_refused or lists.warned_taken):
            return
        yield say(
            "Signalés par les listes\u202f: {refused} refusés par Alma, {taken} pris.",
            refused=number(lists.warned_refused),
            taken=number(lists.warned_taken),
        )
        yield say(
            "Refusés sans signal\u202f: {missed} qu’une liste pouvait connaître, "
            "{unknowable} qu’aucune ne pouvait connaître.",
            missed=number(lists.missed),
            unknowable=number(lists.unknowable),
        )


def _named(reason: str, say: Callable[..., str]) -> str:
    """Return the text for an unknown reason, which is a code or Alma's own text."""
    return say("code {code}", code=reason) if reason.isdecimal() else reason
