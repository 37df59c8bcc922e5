"""Runs Alma's job for an uploaded offline file: applies its rows in order and writes a report.

This module is independent of `procedure.circulation.offline_files.alma_file`, so that it does not
repeat a mistake made there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from procedure.simulation.alma.world import BARCODE_TYPES, AlmaUser, Desk, Item, World

ITEM_NOT_FOUND = "Item not found."
USER_NOT_FOUND = "User not found."
NOT_ON_LOAN = "Return item failed, item was not on loan."
LATER_ACTION = "A later action on this item happened."
# [D] The messages above are published, each followed by a barcode. [I] The messages below are
# not published.
ON_LOAN = "Item is currently on loan by another patron."
ON_HOLD_SHELF = "Item is on the hold shelf for another patron."
NOT_LOANABLE = "Item is not loanable."
WRONG_DESK = "Item cannot be loaned from this circulation desk."
BLOCKED = "Loan failed, patron has blocks."
BAD_LINE = "Line is not valid."
ZURICH = ZoneInfo("Europe/Zurich")


@dataclass(frozen=True, slots=True)
class UploadLine:
    """The result for a line in the file; `message` is empty if the line succeeded."""

    number: int
    message: str = ""
    barcode: str = ""

    def __str__(self) -> str:
        return f"{self.message} Barcode: {self.barcode}" if self.barcode else self.message


@dataclass(frozen=True, slots=True)
class UploadReport:
    """The job's report; its text has counts, then a line for each failure, in file order."""

    name: str
    lines: tuple[UploadLine, ...]

    @property
    def failures(self) -> tuple[UploadLine, ...]:
        return tuple(line for line in self.lines if line.message)

    def __str__(self) -> str:
        # [D] The report has counts of finished and failed lines, and a list of failures. [I] Its
        # layout is not published.
        failed = len(self.failures)
        head = (
            "Offline Circulation",
            f"File name: {self.name}",
            f"Records processed: {len(self.lines)}",
            f"Succeeded: {len(self.lines) - failed}",
            f"Failed: {failed}",
        )
        return "\n".join((*head, "", *map(str, self.failures), ""))


class _LineFailed(Exception):
    pass


@dataclass(frozen=True, slots=True)
class UploadJob:
    """An upload at a desk; `automatic` is Alma's option to handle blocks automatically.

    Libraries should not use that option: see `on_loan_elsewhere`.
    """

    world: World
    desk: Desk
    now: datetime
    automatic: bool = False

    def run(self, content: bytes, name: str = "OffCirc.dat") -> UploadReport:
        rows = content.decode("cp1252").splitlines()
        return UploadReport(
            name,
            tuple(self._line(number, row) for number, row in enumerate(rows, 1) if row.strip()),
        )

    def _line(self, number: int, row: str) -> UploadLine:
        # [C] Columns 1-12 are the time, 13 is L or R, 14-93 are the item, the rest the patron.
        stamp, kind, barcode, patron = row[:12], row[12:13], row[13:93].strip(), row[93:].strip()
        at = self._instant(stamp)
        if at is None or kind not in _RULES:
            return UploadLine(number, BAD_LINE)
        try:
            _RULES[kind](self, at, barcode, patron)
        except _LineFailed as failure:
            message = str(failure)
            return UploadLine(number, message, patron if message == USER_NOT_FOUND else barcode)
        return UploadLine(number)

    def _instant(self, stamp: str) -> datetime | None:
        # [C] Times are local. [I] If a time occurs twice, the first occurrence is assumed.
        try:
            local = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=ZURICH)
        except ValueError:
            return None
        at = local.astimezone(UTC)
        return at if at.astimezone(ZURICH).strftime("%Y%m%d%H%M") == stamp else None

    def loan(self, at: datetime, barcode: str, patron: str) -> None:
        """Apply an L row, or fail with the message of the first rule that forbids the loan."""
        item = self._item(barcode)
        user = self._user(patron)
        _refuse_after_later_action(item, at)
        for message, stands in _LOAN_RULES.items():
            if stands(self, user, item):
                raise _LineFailed(message)
        # [D] The loan period starts on the recorded date; a due date in the past becomes the time
        # of the upload.
        due = max(at + self.world.term(item), self.now)
        active = self.world.active(item)
        if active is not None and active.user == user.primary_id:
            # [C] In the file, a renewal is an L row like a loan.
            active.due_date, item.last_action = due, at
        else:
            self.world.add_loan(user, item, self.desk, at, due)

    def return_item(self, at: datetime, barcode: str, patron: str) -> None:
        del patron
        item = self._item(barcode)
        _refuse_after_later_action(item, at)
        ended = self.world.end_loan(item, at)
        # [C] All rows are applied at the uploader's desk; other libraries' items go into transit.
        item.process = "" if item.library == self.desk.library else "TRANSIT"
        if ended is None:
            raise _LineFailed(NOT_ON_LOAN)

    def _item(self, barcode: str) -> Item:
        item = self.world.items.get(barcode)
        if item is None:
            raise _LineFailed(ITEM_NOT_FOUND)
        return item

    def _user(self, patron: str) -> AlmaUser:
        # [D] `patron` must be a barcode. [C] A primary id seems to be accepted too.
        user = self.world.users.get(patron)
        accepted = user is not None and (
            patron.casefold() == user.primary_id.casefold()
            or any(
                kind in BARCODE_TYPES and value.casefold() == patron.casefold()
                for kind, value in user.identifiers
            )
        )
        if user is None or not accepted:
            raise _LineFailed(USER_NOT_FOUND)
        return user

    def on_loan_elsewhere(self, user: AlmaUser, item: Item) -> bool:
        """Return whether another user's loan makes a loan row fail.

        [D] If blocks are handled automatically, data may become inconsistent: here, the item gets a
        second active loan.
        """
        active = self.world.active(item)
        return active is not None and active.user != user.primary_id and not self.automatic


def _refuse_after_later_action(item: Item, at: datetime) -> None:
    # Times in the file have no seconds, so an action in the same minute does not count as later.
    if item.last_action is not None and item.last_action.replace(second=0, microsecond=0) > at:
        raise _LineFailed(LATER_ACTION)


def _blocked(job: UploadJob, user: AlmaUser, item: Item) -> bool:
    del item
    full = user.limit is not None and len(job.world.loans_of(user)) >= user.limit
    return bool(user.blocks) or full or (user.expires is not None and user.expires <= job.now)


_LOAN_RULES: Mapping[str, Callable[[UploadJob, AlmaUser, Item], bool]] = {
    ON_LOAN: UploadJob.on_loan_elsewhere,
    ON_HOLD_SHELF: lambda _, user, item: item.waits_for not in ("", user.primary_id),
    NOT_LOANABLE: lambda _job, _user, item: not item.lendable,
    WRONG_DESK: lambda job, _, item: not job.desk.lends(item),
    BLOCKED: _blocked,
}
_RULES: Mapping[str, Callable[[UploadJob, datetime, str, str], None]] = {
    "L": UploadJob.loan,
    "R": UploadJob.return_item,
}
