"""What goes into files beside the loans as scanned: corrections, returns, and what stays out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from procedure.circulation.doubts import open_question
from procedure.circulation.settlement import (
    Corrected,
    ManualHandling,
    ReturnAnswered,
    ReturnAttempt,
    ReturnRequested,
    ReturnSettledByHand,
    SettledByHand,
    corrected,
)
from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Recorded

KINDS = (
    "return",
    "corrected",
    "handed_on",
    "resolved",
    "return_resolved",
    "scan_intended",
    "scan_answered",
)


class FileLines:
    """A fold beside that of the loans; `take` is given every entry of it, in order.

    `kept_out` are the loans that go into no file any more: handed on, or settled by hand. `gone_up`
    names the file of each return that is in one, `scans` those that were scanned in through the
    API, with what became of it, `returned_by_hand` those that somebody settled.
    """

    def __init__(self) -> None:
        self.kept_out: set[UUID] = set()
        self.gone_up: dict[UUID, UUID] = {}
        self.scans: dict[UUID, ReturnAttempt] = {}
        self.returned_by_hand: dict[UUID, ReturnSettledByHand] = {}
        self._returns: dict[UUID, Return] = {}
        self._by_item: dict[str, list[Return]] = defaultdict(list)
        self._void: set[UUID] = set()
        self._sent: dict[UUID, int] = {}
        self._corrected_to: dict[str, list[UUID]] = defaultdict(list)
        self._corrections: dict[UUID, list[tuple[int, Corrected]]] = defaultdict(list)

    def take(self, one: Recorded) -> None:
        """Fold one entry; entries of other kinds are passed over."""
        match one.entry:
            case Return(id=back) if back not in self._returns:
                self._returns[back] = one.entry
                self._by_item[one.entry.item].append(one.entry)
            case Void(loan=taken_back):
                self._void.add(taken_back)
            case Export(id=export):
                self._sent.setdefault(export, one.position)
                self.gone_up.update(dict.fromkeys(one.entry.returns, export))
            case Corrected(loan=loan):
                self._corrections[loan].append((one.position, one.entry))
                for value in filter(None, (one.entry.item, one.entry.patron)):
                    self._corrected_to[value].append(loan)
            case ManualHandling(loan=loan) | SettledByHand(loan=loan):
                self.kept_out.add(loan)
            case ReturnRequested(back=scanned):
                self.scans[scanned] = ReturnAttempt(one.entry)
            case ReturnAnswered(back=scanned) if scanned in self.scans:
                self.scans[scanned] = ReturnAttempt(self.scans[scanned].intent, one.entry)
            case ReturnSettledByHand(back=settled):
                self.returned_by_hand[settled] = one.entry
            case _:
                pass

    def corrected(self, loan: Loan, export: Export | None = None) -> Loan:
        """Return a loan with its corrections, those of before an export only when one is given."""
        if loan.id not in self._corrections:
            return loan
        sent = None if export is None else self._sent.get(export.id)
        known = self._corrections[loan.id]
        return corrected(loan, [one for at, one in known if sent is None or at < sent])

    def open_question(self, loan: Loan) -> str | None:
        """Return the question about a loan that nobody has decided.

        See `procedure.circulation.doubts`.
        """
        return open_question(loan, [one for _, one in self._corrections.get(loan.id, ())])

    def corrected_to(self, value: str) -> list[UUID]:
        """Return the loans whose barcode or identifier was at some time corrected to this one."""
        return self._corrected_to.get(value, [])

    def items_of(self, loan: Loan) -> set[str]:
        """Return the barcodes that a loan ever had: as it was scanned, and as it was corrected."""
        known = self._corrections.get(loan.id, ())
        return {loan.item, *(one.item for _, one in known if one.item)}

    def returns(self, ids: Iterable[UUID]) -> list[Return]:
        """Return the returns with these ids, void ones too, as far as they are known."""
        return [back for one in ids if (back := self._returns.get(one)) is not None]

    def in_alma(self, back: UUID) -> bool:
        """Tell whether a return was made through the API, or settled by hand."""
        scan = self.scans.get(back)
        return back in self.returned_by_hand or (scan is not None and scan.done)

    def all_standing(self) -> list[Return]:
        """Return every return that stands, in the order of the journal."""
        return [back for back in self._returns.values() if back.id not in self._void]

    def returned(self, item: str) -> list[Return]:
        """Return all returns of an item, void ones too, in the order of the journal."""
        return list(self._by_item.get(item, ()))

    def standing(self, item: str) -> list[Return]:
        """Return the returns of an item that stand, in the order in which they were recorded."""
        return [back for back in self._by_item.get(item, ()) if back.id not in self._void]
