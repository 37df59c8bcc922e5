"""Writes Koha's offline circulation file (`.koc`), in version 1.0 of its format.

The first line names the version and the program. Each of the following lines has a time, a command
and its values, separated by tabs. The command is `issue`, with a card and an item, or `return`,
with an item. The format is described at
https://wiki.koha-community.org/wiki/Koha_offline_circulation_file_format. Koha's
`offline_circ/enqueue_koc.pl` reads a file into the `pending_offline_operations` table (see
`installer/data/mysql/kohastructure.sql`), which holds barcodes of up to 20 characters and card
numbers of up to 32. Longer codes would be truncated, or the whole file would be refused. Koha
ignores fractions of a second and keeps the order of the lines.
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
# `GeneratorVersion` is not the version of Relais, so all versions of Relais write the same bytes.
HEADER = f"Version={VERSION}\tGenerator=Relais\tGeneratorVersion=1.0\n"
ITEM_LIMIT, PATRON_LIMIT = 20, 32


@dataclass(frozen=True, slots=True)
class KohaFile:
    """Koha's file; see `OfflineFormat`.

    Koha does not document the file's encoding, so only ASCII is written.
    """

    key: ClassVar[str] = "koha"
    suffix: ClassVar[str] = ".koc"

    def problem(self, loan: Loan) -> str | None:
        return _problem("item", loan.item, ITEM_LIMIT) or _problem(
            "patron", loan.patron, PATRON_LIMIT
        )

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write a line per transaction: its local time (to the ms), the command and its values.

        Raises:
            OfflineFileError: the barcode of a returned item cannot be written.
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
    if not value.isprintable():  # a tab or a line ending would break the line
        return f"{field}_not_printable"
    return f"{field}_too_long" if len(value) > limit else None


def _line(entry: Transaction) -> str:
    at = local(entry.at)
    stamp = f"{at:%Y-%m-%d %H:%M:%S} {at.microsecond // 1000:03}"
    if isinstance(entry, Loan):
        return f"{stamp}\tissue\t{entry.patron}\t{entry.item}\n"
    return f"{stamp}\treturn\t{entry.item}\n"
