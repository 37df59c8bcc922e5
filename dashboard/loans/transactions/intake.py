"""Takes in transactions from pages: parses each, decides how to treat it, and records it once."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from dashboard.core.context import AppContext
from dashboard.core.errors import NotAllowed
from dashboard.core.visitor import Permission, Visitor
from dashboard.loans.transactions.message import LONGEST_ID, CompletionVoid, read_transaction
from dashboard.loans.transactions.transaction_entry import (
    Decision,
    UnderwayTransactions,
    decide,
    other_content,
)
from procedure.circulation.imports.same_transaction import has_same_content
from procedure.circulation.transactions import Void
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.io.spool.spool_line import Spooled
from procedure.journal import Entry, Recorded

_log = logging.getLogger(__name__)
Answer = dict[str, Any]


class TransactionIntake:
    """Records the transactions that pages send.

    One instance serves all browser pages of this process, because it keeps track of the writes
    under way. An answer has these fields:

    - `id`: the transaction's id;
    - `state`: `kept`; `repeated`, if an earlier scan counts instead; `refused`; or `waiting`, if it
      could not be recorded and must be sent again;
    - `warning`: the key of the warning to show, or None;
    - `reason`: the key of the reason why the transaction was refused or not recorded, or None;
    - `told`: the warnings from the account and item lists, each a `ListAdvice`; left out if there
      are none.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._unfolded: list[tuple[Future[tuple[Entry, ...]], Sequence[Entry]]] = []

    def take(self, messages: Sequence[object], person: Visitor) -> Future[list[Answer]]:
        """Record a batch in order; the future returns the answers once the batch is on disk."""
        underway = self._underway()
        if self._context.unwritable and self._context.store.spool is None:
            return _all_unwritten(messages)
        answers: list[Answer] = []
        decisions: dict[int, Decision] = {}
        for place, message in enumerate(messages):
            answer, decision = self._decide(message, person, underway)
            answers.append(answer)
            if decision is not None and decision.entry is not None:
                underway.add(decision.entry)
                decisions[place] = decision
        return self._record(answers, decisions)

    def ended(self, pending: Sequence[object]) -> dict[str, str]:
        """Return how these pending loans ended, by id: `completed` or `void`.

        Loans that are still pending and invalid ids are left out.
        """
        self._context.folds.update()
        ids = {text: _uuid(text) for text in pending if isinstance(text, str)}
        log = self._context.folds.loan_log
        ends = {text: key and log.pending_end(key) for text, key in ids.items()}
        return {text: end for text, end in ends.items() if end is not None}

    def _underway(self) -> UnderwayTransactions:
        # Look for finished batches before updating the folds: a batch that finishes later may not
        # be in the folds.
        done = [batch for batch in self._unfolded if batch[0].done()]
        failed = [batch for batch in done if batch[0].exception() is not None]
        spool = self._context.store.spool
        queued, recorded = spool.snapshot() if spool else ((), ())
        self._context.folds.update()
        is_read = self._context.folds.unread is None
        forgotten = done if is_read else failed
        self._unfolded = [batch for batch in self._unfolded if batch not in forgotten]
        if spool and is_read:
            spool.forget(recorded)
        unfolded = (entry for _, entries in self._unfolded for entry in entries)
        return UnderwayTransactions((*recorded, *queued, *unfolded))

    def _decide(
        self, message: object, person: Visitor, underway: UnderwayTransactions
    ) -> tuple[Answer, Decision | None]:
        answer: Answer = {"id": _id(message), "state": "kept", "warning": None, "reason": None}
        try:
            asked = read_transaction(message, now=self._context.clock.now(), person=person)
            person.require(
                Permission.VOID if isinstance(asked, Void | CompletionVoid) else Permission.LEND
            )
            decision = decide(self._context, asked, underway)
        except TransactionRefused as refusal:
            return answer | {"state": "refused", "reason": refusal.reason}, None
        except NotAllowed:
            return answer | {"state": "refused", "reason": "not_allowed"}, None
        except Exception as fault:
            # One bad message must not stop the rest of its batch. The error text may quote a scan,
            # so only the error's location is logged.
            _log.error("A transaction could not be processed: %s", _place_of(fault))
            return answer | {"state": "waiting", "reason": "failed"}, None
        answer |= {"state": decision.state, "warning": decision.warning}
        return answer | _list_warnings(decision), decision

    def _record(
        self, answers: list[Answer], decisions: Mapping[int, Decision]
    ) -> Future[list[Answer]]:
        done: Future[list[Answer]] = Future()
        entries = [
            Spooled(decision.entry, decision.note and decision.note[1])
            for decision in decisions.values()
            if decision.entry is not None
        ]
        if not entries:
            done.set_result(answers)
            return done
        recording = record(self._context, entries)
        self._unfolded.append((recording, [spooled.entry for spooled in entries]))
        recording.add_done_callback(
            lambda written: done.set_result(_settled(answers, decisions, written))
        )
        return done


def _list_warnings(decision: Decision) -> dict[str, object]:
    return {"told": msgspec.to_builtins(decision.list_warnings)} if decision.list_warnings else {}


def _all_unwritten(messages: Sequence[object]) -> Future[list[Answer]]:
    """Answer `waiting` to each message, because it may be among the unreadable records."""
    answers: Future[list[Answer]] = Future()
    unwritten = {"state": "waiting", "warning": None, "reason": "unwritable"}
    answers.set_result([{"id": _id(message), **unwritten} for message in messages])
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
    done: Future[tuple[Entry, ...]],
) -> list[Answer]:
    """Complete the answers after writing: unwritten transactions must be sent again.

    A transaction whose note could not be written counts as not written. If another process wrote
    an entry under the same id, the contents are compared: if they are the same, the transaction
    counts as written; otherwise, it is refused.
    """
    answers = list(answers)
    if (fault := done.exception()) is not None:
        for place in decisions:
            answers[place] |= _failed(fault)
        return answers
    for (place, decision), entry in zip(decisions.items(), done.result(), strict=True):
        if not has_same_content(entry, decision.entry):
            refused = {"state": "refused", "warning": None, "reason": other_content().reason}
            answers[place] |= refused
    return answers


def _failed(fault: BaseException) -> Answer:
    # The page sends the transaction again; the error itself is in the server's log.
    reason = "unwritable" if isinstance(fault, JournalUnwritable) else "failed"
    return {"state": "waiting", "reason": reason}


T = TypeVar("T")


def record(context: AppContext, entries: Sequence[Spooled]) -> Future[tuple[Entry, ...]]:
    """Record the entries in order; the future returns the entry recorded under each id.

    While the spool holds entries, newer entries queue behind them. The future raises
    `JournalUnwritable` if neither the journal nor the spool accepts them.
    """
    spool = context.store.spool
    if spool is not None and (spool.count or context.unwritable):
        return spool.submit(*entries)
    done: Future[tuple[Entry, ...]] = Future()
    # Submit the notes first, so that they are on disk no later than the entries.
    notes = [
        context.store.notes.write(spooled.entry.id, spooled.note)
        for spooled in entries
        if spooled.note is not None
    ]

    def settle(written: Future[tuple[Recorded, ...]]) -> None:
        fault = written.exception() or next(
            filter(None, (note.exception(0) for note in notes)), None
        )
        if fault is None:
            done.set_result(tuple(recorded.entry for recorded in written.result()))
        elif spool is not None and isinstance(fault, JournalUnwritable):
            spool.submit(*entries).add_done_callback(lambda kept: _pass_on(kept, done))
        else:
            done.set_exception(fault)

    context.store.journal.submit(*(spooled.entry for spooled in entries)).add_done_callback(settle)
    return done


def _pass_on(source: Future[T], to: Future[T]) -> None:
    if fault := source.exception():
        to.set_exception(fault)
    else:
        to.set_result(source.result())
