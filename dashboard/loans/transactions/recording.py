"""Records what was decided: in the journal, else in the spool."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from dashboard.core.context import AppContext
from procedure.errors import JournalUnwritable
from procedure.io.spool.spool_line import Spooled
from procedure.journal import Entry, Recorded

T = TypeVar("T")


def record(context: AppContext, entries: Sequence[Spooled]) -> Future[tuple[Entry, ...]]:
    """Record the entries in their order; the future has what is recorded under their ids.

    While entries wait in the spool, newer ones go behind them. The future has
    `JournalUnwritable` when neither takes them.
    """
    spool = context.spool
    if spool is not None and (spool.count or context.unwritable):
        return spool.submit(*entries)
    done: Future[tuple[Entry, ...]] = Future()
    # The notes first: the one writer has them on the disk no later than the entries.
    notes = [context.notes.write(one.entry.id, one.note) for one in entries if one.note is not None]

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

    context.journal.submit(*(one.entry for one in entries)).add_done_callback(settle)
    return done


def _pass_on(source: Future[T], to: Future[T]) -> None:
    if fault := source.exception():
        to.set_exception(fault)
    else:
        to.set_result(source.result())
