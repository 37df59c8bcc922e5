"""Rows grouped by reason and action, to be settled together, and the scans to check."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.reconciliation_text import TitleAndHint, outcomes, reasons
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import Language
from procedure.circulation.doubts import question_of
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.systems.library_system import LibrarySystem

SHOWN = 50  # rows shown per group; settling them reveals the next rows
# Doubts whose text asks staff to undo the loan and scan the item again.
TO_SCAN_AGAIN = ("glued", "partial")


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows with the same reason and action; `rows` holds the first `SHOWN` of the `count` rows.

    - `how`: suggested wording for settling by hand, never prefilled; None for other actions.
    - `says`: the fixed text that the action records, so that staff need not type one; empty for
      other actions.
    - `is_ticked`: whether the rows are ticked when they are drawn; false if a tick means that staff
      vouch for the row.
    - `instead`: an alternative action and its label.
    - `found`, by row id: the patron's other number in Alma.
    - `more`, by row id: how many other loans the same action settles.
    - `answers`, by row id: Alma's last answer.
    """

    key: str
    act: str
    label: str
    title: str
    hint: str
    count: int
    rows: tuple[ReconciledLoan, ...]
    how: str | None = None
    says: str = ""
    is_ticked: bool = False
    instead: tuple[str, str] | None = None
    found: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    more: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    answers: Mapping[UUID, str] = field(default_factory=dict[UUID, str])


def groups_to_check(overview: ReconciliationOverview, language: Language) -> Iterator[RowGroup]:
    """Yield the scans to check, grouped by doubt, with one row per question."""
    texts = reason_texts(language)
    by_doubt: dict[str, list[list[ReconciledLoan]]] = {}
    for rows in group_questions(overview.to_check):
        by_doubt.setdefault(rows[0].doubt or "", []).append(rows)
    right = ("confirm", language.say("C’est juste"))
    undo = ("undo", language.say("Annuler, à scanner de nouveau"))
    for doubt, asked in by_doubt.items():
        (act, label), second = (undo, right) if doubt in TO_SCAN_AGAIN else (right, None)
        yield RowGroup(
            key=f"doubt-{doubt}",
            act=act,
            label=label,
            title=texts.get(doubt, texts["other"]),
            hint="",
            count=len(asked),
            rows=tuple(rows[0] for rows in asked[:SHOWN]),
            instead=second,
            more={rows[0].loan.id: len(rows) - 1 for rows in asked},
        )


def group_questions(rows: Iterable[ReconciledLoan]) -> list[list[ReconciledLoan]]:
    """Group rows that raise the same question, ordered by their first row."""
    groups: dict[tuple[object, ...], list[ReconciledLoan]] = {}
    for row in rows:
        groups.setdefault(question_of(row.corrected, row.doubt), []).append(row)
    return list(groups.values())


def groups_to_settle(
    overview: ReconciliationOverview,
    settled: Mapping[str, str],
    language: Language,
    *,
    at: datetime,
    asked: Mapping[UUID, datetime],
) -> Iterator[RowGroup]:
    """Yield the rows to settle, grouped by reason, then by action; settling by hand comes last.

    - `settled`: the usual wording for settling by hand, by the key of the reason.
    - `at`: the current time (aware).
    - `asked`: the time (aware) at which Alma was last asked about a row, by row id.
    """
    texts, say = reasons(language), language.say
    for reason, refused in groupby(overview.to_settle, key=lambda row: row.reason):
        named = texts.get(reason, TitleAndHint(reason))
        for act, rows in _by_act(refused, overview):
            first_rows = tuple(rows[:SHOWN])
            group = partial(
                RowGroup,
                key=f"{reason}-{act}",
                act=act,
                title=named.title,
                count=len(rows),
                rows=first_rows,
            )
            if act == "take":
                yield group(
                    label=say("Prendre ces numéros"),
                    hint=say("un autre numéro de la même personne existe dans Alma"),
                    is_ticked=True,
                    found={
                        row.loan.id: overview.predicted[row.loan.id].suggested for row in first_rows
                    },
                )
            elif act == "write":
                yield group(
                    label=say("Écrire le fichier des lignes corrigées"),
                    hint=say("corrigé, part avec le prochain fichier"),
                    is_ticked=True,
                )
            else:
                yield group(
                    label=say("C’est réglé"),
                    hint=named.hint,
                    how=settled.get(reason, ""),
                    answers={
                        row.loan.id: alma_says(row, asked, at, language) for row in first_rows
                    },
                )


def alma_says(
    row: ReconciledLoan, asked: Mapping[UUID, datetime], at: datetime, language: Language
) -> str:
    """Return a remark that says when Alma was last asked about a row, and what it answered.

    The remark is empty if Alma has not been asked, or if `reasons` has no text for the answer.
    """
    say, texts, verified = (
        language.say,
        reasons(language),
        row.history.verification and row.history.verification[1],
    )
    last = asked.get(row.loan.id)
    if last is not None and (verified is None or verified.at < last):
        moment = language.moment(last, at, short=True)
        return say("Demandé à Alma, {moment} : pas de réponse", moment=moment)
    if verified is None or verified.found not in texts:
        return ""
    moment = language.moment(verified.at, at, short=True)
    return say("Demandé à Alma, {moment} : {word}", moment=moment, word=texts[verified.found].title)


def groups_to_confirm(
    overview: ReconciliationOverview,
    system: LibrarySystem,
    settled: Mapping[str, str],
    desks: Mapping[str, str],
    language: Language,
) -> Iterator[RowGroup]:
    """Yield the uploaded loans to check on the system's screen, then the loans to enter there.

    Each group holds the loans of one desk. If the system's report or API shows which loans the
    system has, there are no groups. `settled` is as in `groups_to_settle`; its key `accepted` is
    for the uploaded loans. `desks` maps desk codes to names.
    """
    if not system.is_read_by_a_person:
        return
    say, usual = language.say, settled.get("accepted", "")
    uploaded = [
        row for row in overview.rows_to_prove() if row.state is ReconciliationState.UPLOADED
    ]
    hint = say("envoyés : ouvrez d’abord ceux qu’Alma n’a pas pris, selon son écran")
    how = usual or say("pris par Alma, lu à son écran")
    label = say("Alma a pris ces prêts")
    yield from _by_desk("confirm", uploaded, desks, hint=hint, label=label, how=how)
    written = system.offline_file
    by_hand = [
        row
        for row in overview.rows
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
            key=f"{key}-{desk}",
            act="settle",
            label=label,
            title=desks.get(desk, desk),
            hint=hint,
            count=len(own),
            rows=tuple(own[:SHOWN]),
            says=how,
        )


def _by_act(
    rows: Iterable[ReconciledLoan], overview: ReconciliationOverview
) -> list[tuple[str, list[ReconciledLoan]]]:
    """Split rows by next action: use a known number, write the corrected row, or settle."""
    split: dict[str, list[ReconciledLoan]] = {"take": [], "write": [], "settle": []}
    for row in rows:
        if not row.log.is_valid:
            split["settle"].append(row)
            continue
        suggested = overview.predicted[row.loan.id].suggested
        split["write" if row.is_corrected else "take" if suggested else "settle"].append(row)
    return [(act, chosen) for act, chosen in split.items() if chosen]


def checked_rows(fields: Mapping[str, str]) -> list[UUID]:
    """Return the ids of the ticked rows in a group's form."""
    names = (name.partition(" ") for name in fields)
    return [UUID(loan) for kind, _, loan in names if kind == "row"]


class ScansToCheckView(StepView):
    """The scans to check; scans with the same doubt can be confirmed or undone together."""

    step = "check"

    repair = needs(RowRepair)

    @param.depends("repair.outcome")
    def draw(self, overview: ReconciliationOverview) -> str:
        groups = list(groups_to_check(overview, self.language))
        undone = self.repair.outcome == "undone"
        return self._render(
            "scans_to_check",
            count=overview.counts.to_check,
            groups=groups,
            result=outcomes(self.language)["undone"] if undone else "",
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del value
        return {
            "confirm": lambda: self.repair.confirm(checked_rows(fields)),
            "undo": lambda: self.repair.undo(
                checked_rows(fields), self.language.say("à scanner de nouveau")
            ),
            "open": lambda: self.repair.open_first(checked_rows(fields)),
        }
