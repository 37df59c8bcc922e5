"""Writing of Koha's offline circulation file (`.koc`), version 1.0 of the format.

The first line names the version and the program. Every other line has a time, a command and its
values, separated by tabs: `issue` with a card and an item, `return` with an item. The format is
described at https://wiki.koha-community.org/wiki/Koha_offline_circulation_file_format; Koha reads
it in `offline_circ/enqueue_koc.pl`, which puts each line into a table of pending actions whose
columns take 20 characters of a barcode and 32 of a card number (`pending_offline_operations` in
`installer/data/mysql/kohastructure.sql`). A longer code would be cut there, or refused together
with the whole file. Koha ignores fractions of a second: the order of the lines is what counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from procedure.circulation.offline_files.offline_format import (
    RenderedFile,
    has_hour_twice,
    in_order,
    sort_out,
)
from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.errors import OfflineFileError
from procedure.local_time import local

VERSION = "1.0"
# The version of the file format, not of Relais, so that an earlier file can be written again byte
# for byte.
HEADER = f"Version={VERSION}\tGenerator=Relais\tGeneratorVersion=1.0\n"
ITEM_LIMIT, PATRON_LIMIT = 20, 32


@dataclass(frozen=True, slots=True)
class KohaFile:
    """Koha's file; see `procedure.circulation.offline_files.offline_format`.

    Koha's tables are in UTF-8, but its import states no encoding, so only ASCII is written.
    """

    key: ClassVar[str] = "koha"
    suffix: ClassVar[str] = ".koc"

    def problem(self, loan: Loan) -> str | None:
        """Return the problem that keeps a loan out of the file, or None."""
        return _problem("item", loan.item, ITEM_LIMIT) or _problem(
            "patron", loan.patron, PATRON_LIMIT
        )

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write loans and returns: local wall time to the millisecond, the command, its values.

        Raises:
            OfflineFileError: the item of a return cannot be written.
        """
        written, unwritable = sort_out(loans, self)
        for returned in returns:
            if problem := _problem("item", returned.item, ITEM_LIMIT):
                raise OfflineFileError(f"The return {returned.id} cannot be written: {problem}.")
        lines = in_order(written, returns)
        content = (HEADER + "".join(map(_line, lines))).encode("ascii")
        twice = has_hour_twice(entry.at for entry in lines)
        return RenderedFile(content, written, unwritable, twice, tuple(returns))


def _problem(field: str, value: str, limit: int) -> str | None:
    if not value.isascii():
        return f"{field}_not_ascii"
    if not value.isprintable():  # a tab or a line end would start another field or line
        return f"{field}_not_printable"
    return f"{field}_too_long" if len(value) > limit else None


def _line(entry: Transaction) -> str:
    at = local(entry.at)
    stamp = f"{at:%Y-%m-%d %H:%M:%S} {at.microsecond // 1000:03}"
    if isinstance(entry, Loan):
        return f"{stamp}\tissue\t{entry.patron}\t{entry.item}\n"
    return f"{stamp}\treturn\t{entry.item}\n"
