"""Rows that are settled together, with the same reason and the same act; the scans to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.base_view import Actions, PartView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.texts import TitleAndHint, reasons
from dashboard.translations import Language
from procedure.circulation.doubts import question_of
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.systems.library_system import LibrarySystem

SHOWN = 50  # rows of one group; the others come once these are settled


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows with the same reason and the same act; `rows` are the first of `count`.

    `how` is what is proposed for how they are settled by hand, None where the act is another one.
    `found` are the numbers that Alma knows, `more` the other loans that the same answer decides,
    both by the id of the row.
    """

    key: str
    act: str
    label: str
    title: str
    hint: str
    count: int
    rows: tuple[ReconciledLoan, ...]
    how: str | None = None
    found: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    more: Mapping[UUID, int] = field(default_factory=dict[UUID, int])


def groups_to_check(now: ReconciliationOverview, language: Language) -> Iterator[RowGroup]:
    """Yield the scans to check by what is doubtful, one row for each question."""
    texts = reason_texts(language)
    by_doubt: dict[str, list[list[ReconciledLoan]]] = {}
    for rows in group_questions(now.to_check):
        by_doubt.setdefault(rows[0].doubt or "", []).append(rows)
    for doubt, asked in by_doubt.items():
        yield RowGroup(
            *(f"doubt-{doubt}", "confirm", language.say("C’est juste")),
            *(texts.get(doubt, texts["other"]), "", len(asked)),
            tuple(rows[0] for rows in asked[:SHOWN]),
            more={rows[0].loan.id: len(rows) - 1 for rows in asked},
        )


def group_questions(rows: Iterable[ReconciledLoan]) -> list[list[ReconciledLoan]]:
    """Group rows by the question that one answer decides, in the order of their first rows."""
    groups: dict[tuple[object, ...], list[ReconciledLoan]] = {}
    for row in rows:
        groups.setdefault(question_of(row.corrected, row.doubt), []).append(row)
    return list(groups.values())


def groups_to_settle(
    now: ReconciliationOverview, settled: Mapping[str, str], language: Language
) -> Iterator[RowGroup]:
    """Yield the refused rows by reason and act, those without an act of their own last.

    `settled` are the usual words for how a loan is settled by hand, by the key of its reason.
    """
    texts, say = reasons(language), language.say
    for reason, refused in groupby(now.to_settle, key=lambda row: row.reason):
        named = texts.get(reason, TitleAndHint(reason))
        for act, rows in _by_act(refused, now):
            key, shown = f"{reason}-{act}", tuple(rows[:SHOWN])
            if act == "take":
                hint = say("un autre numéro de la même personne existe dans Alma")
                found = {row.loan.id: now.predicted[row.loan.id].suggested for row in shown}
                label = say("Prendre ces numéros")
                yield RowGroup(key, act, label, named.title, hint, len(rows), shown, found=found)
            elif act == "write":
                hint = say("corrigé, part avec le prochain fichier")
                label = say("Écrire le fichier des lignes corrigées")
                yield RowGroup(key, act, label, named.title, hint, len(rows), shown)
            else:
                yield RowGroup(
                    *(key, act, say("C’est réglé"), named.title, named.hint, len(rows), shown),
                    how=settled.get(reason, ""),
                )


def groups_to_confirm(
    now: ReconciliationOverview,
    system: LibrarySystem,
    settled: Mapping[str, str],
    desks: Mapping[str, str],
    language: Language,
) -> Iterator[RowGroup]:
    """Yield by desk the loans of which a person has to say whether the system has them.

    There are none where its report or its API tells. `settled` are as in `groups_to_settle`; its
    key `accepted` is for these. `desks` are the names of desks by code.
    """
    if not system.is_read_by_a_person:
        return
    say, usual = language.say, settled.get("accepted", "")
    uploaded = [row for row in now.rows_to_prove() if row.state is ReconciliationState.UPLOADED]
    hint = say("envoyés : ouvrez d’abord ceux qu’Alma n’a pas pris, selon son écran")
    how = usual or say("pris par Alma, lu à son écran")
    label = say("Alma a pris ces prêts")
    yield from _by_desk("confirm", uploaded, desks, hint=hint, label=label, how=how)
    written = system.offline_file
    by_hand = [
        row
        for row in now.rows
        if row.state is ReconciliationState.RECORDED and written.problem(row.corrected)
    ]
    label, how = say("Ces prêts sont saisis dans Alma"), say("saisi dans Alma")
    hint = say("dans aucun fichier, à saisir dans Alma")
    yield from _by_desk("enter", by_hand, desks, hint=hint, label=label, how=how)


def _by_desk(
    key: str,
    rows: Iterable[ReconciledLoan],
    desks: Mapping[str, str],
    *,
    hint: str,
    label: str,
    how: str,
) -> Iterator[RowGroup]:
    by_desk: dict[str, list[ReconciledLoan]] = {}
    for row in rows:
        by_desk.setdefault(row.loan.desk, []).append(row)
    for desk, own in by_desk.items():
        yield RowGroup(
            *(f"{key}-{desk}", "settle", label, desks.get(desk, desk), hint, len(own)),
            tuple(own[:SHOWN]),
            how=how,
        )


def _by_act(
    rows: Iterable[ReconciledLoan], now: ReconciliationOverview
) -> list[tuple[str, list[ReconciledLoan]]]:
    """Split rows by what comes next: a number is known, they are corrected, or neither."""
    split: dict[str, list[ReconciledLoan]] = {"take": [], "write": [], "settle": []}
    for row in rows:
        corrected = any(at > row.sent for at, _ in row.trail.corrections)
        suggested = now.predicted[row.loan.id].suggested
        split["write" if corrected else "take" if suggested else "settle"].append(row)
    return [(act, chosen) for act, chosen in split.items() if chosen]


def checked_rows(fields: Mapping[str, str]) -> list[UUID]:
    """Return the rows that are checked in the form of a group."""
    names = (name.partition(" ") for name in fields)
    return [UUID(loan) for kind, _, loan in names if kind == "row"]


class ScansToCheckView(PartView):
    """Scans with the same doubt are found right together, once each was read."""

    step = "check"

    def __init__(self, repair: RowRepair, language: Language) -> None:
        self._repair = repair
        super().__init__(repair.progress, language)

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the scans by what is doubtful."""
        groups = list(groups_to_check(now, self._language))
        return self._render("scans_to_check", count=now.counts.to_check, groups=groups)

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its buttons do."""
        return {
            "confirm": lambda: self._repair.confirm(checked_rows(fields)),
            "open": lambda: self._repair.open(UUID(value)),
        }
