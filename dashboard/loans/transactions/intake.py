"""What workstations send: each transaction read, decided on, recorded once, answered by id."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission, User
from dashboard.errors import NotAllowed
from dashboard.loans.transactions.decision import (
    Decision,
    UnderwayTransactions,
    decide_on,
    other_content,
)
from dashboard.loans.transactions.message import LONGEST_ID, CompletionVoid, read_transaction
from procedure.circulation.imports.known import has_same_content
from procedure.circulation.transactions import Void
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.journal import Entry

_log = logging.getLogger(__name__)
Answer = dict[str, Any]


class TransactionIntake:
    """One for the process: it also knows what is being written just now.

    An answer has the transaction's `id`, a `state` (`kept`; `repeated`, when an earlier scan
    stands for it; `refused`; `waiting`, when the disk did not take it and it is to be sent
    again), and the keys of a `warning` and a `reason`.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._unfolded: list[tuple[Future[Any], Sequence[Entry]]] = []

    def take(self, messages: Sequence[object], person: User) -> Future[list[Answer]]:
        """Record a batch in its order; the answers are done when all of it is on the disk."""
        underway = self._underway()
        if self._context.storage() is not None or self._context.unread is not None:
            return _all_waiting(messages)
        answers: list[Answer] = []
        decisions: dict[int, Decision] = {}
        for place, message in enumerate(messages):
            answer, decision = self._decide(message, person, underway)
            answers.append(answer)
            if decision is not None and decision.entry is not None:
                underway.add(decision.entry)
                decisions[place] = decision
        return self._record(answers, decisions)

    def ended(self, waiting: Sequence[object]) -> dict[str, str]:
        """Tell which of these wait no more and how they ended, `completed` or `void`, by id.

        Whatever else is asked for is passed over.
        """
        self._context.refold()
        named = {one: _uuid(one) for one in waiting if isinstance(one, str)}
        ends = {one: key and self._context.loan_log.pending_end(key) for one, key in named.items()}
        return {one: end for one, end in ends.items() if end is not None}

    def _underway(self) -> UnderwayTransactions:
        # What is done now, the folds have after this; so the order of these two lines counts.
        self._unfolded = [one for one in self._unfolded if not one[0].done()]
        self._context.refold()
        return UnderwayTransactions(entry for _, entries in self._unfolded for entry in entries)

    def _decide(
        self, message: object, person: User, underway: UnderwayTransactions
    ) -> tuple[Answer, Decision | None]:
        told: Answer = {"id": _id(message), "state": "kept", "warning": None, "reason": None}
        try:
            asked = read_transaction(message, now=self._context.now(), person=person)
            person.require(
                Permission.VOID if isinstance(asked, Void | CompletionVoid) else Permission.LEND
            )
            decision = decide_on(self._context, asked, underway)
        except TransactionRefused as refusal:
            return told | {"state": "refused", "reason": refusal.reason}, None
        except NotAllowed:
            return told | {"state": "refused", "reason": "not_allowed"}, None
        except Exception as fault:
            # Whatever is wrong with one, the others of its batch are recorded. The fault's own
            # words may quote what was scanned: only where it happened is logged.
            _log.error("A transaction could not be decided on: %s", _place_of(fault))
            return told | {"state": "waiting", "reason": "failed"}, None
        return told | {"state": decision.state, "warning": decision.warning}, decision

    def _record(
        self, answers: list[Answer], decisions: Mapping[int, Decision]
    ) -> Future[list[Answer]]:
        told: Future[list[Answer]] = Future()
        entries = [one.entry for one in decisions.values() if one.entry is not None]
        if not entries:
            told.set_result(answers)
            return told
        # The notes first: the one writer has them on the disk no later than the entries.
        notes = {
            place: self._context.notes.write(*one.note)
            for place, one in decisions.items()
            if one.note is not None
        }
        kept = self._context.journal.submit(*entries)
        self._unfolded.append((kept, entries))
        kept.add_done_callback(
            lambda done: told.set_result(_settled(answers, decisions, notes, done))
        )
        return told


def _all_waiting(messages: Sequence[object]) -> Future[list[Answer]]:
    """Decide nothing: what was kept before may be gone with the file, or is not known here."""
    answers: Future[list[Answer]] = Future()
    waiting = {"state": "waiting", "warning": None, "reason": "unwritable"}
    answers.set_result([{"id": _id(one), **waiting} for one in messages])
    return answers


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _id(message: object) -> str | None:
    given = message.get("id") if isinstance(message, Mapping) else None
    return given if isinstance(given, str) and len(given) <= LONGEST_ID else None


def _place_of(fault: Exception) -> str:
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {frame.filename}:{frame.lineno}"


def _settled(
    answers: list[Answer],
    decisions: Mapping[int, Decision],
    notes: Mapping[int, Future[None]],
    done: Future[Any],
) -> list[Answer]:
    """Answer that what was not written, or lacks its note, is to be sent again.

    What the journal has under the same id, written by another process meanwhile, is the last word.
    """
    answers = list(answers)
    kept = [None] * len(decisions) if done.exception() else [one.entry for one in done.result()]
    for (place, decision), entry in zip(decisions.items(), kept, strict=True):
        note = notes.get(place)
        fault = done.exception() or (note.exception(0) if note else None)
        if fault is not None:
            answers[place] |= _failed(fault)
        elif not has_same_content(entry, decision.entry):
            refused = {"state": "refused", "warning": None, "reason": other_content().reason}
            answers[place] |= refused
    return answers


def _failed(fault: BaseException) -> Answer:
    # The page keeps it and sends it again; whatever went wrong is in the server's own log.
    reason = "unwritable" if isinstance(fault, JournalUnwritable) else "failed"
    return {"state": "waiting", "reason": reason}
