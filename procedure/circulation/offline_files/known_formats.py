"""The known offline file formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.offline_files.koha_file import KohaFile
from procedure.circulation.offline_files.offline_format import OfflineFormat, RenderedFile, sort_out
from procedure.circulation.transactions import Export, Loan, Return
from procedure.errors import OfflineFileError

NO_OFFLINE_FILE = "no_offline_file"


@dataclass(frozen=True, slots=True)
class NoOfflineFile:
    """The format of a system without offline files: staff enter the loans by hand."""

    key: ClassVar[str] = "none"
    suffix: ClassVar[str] = ""

    def problem(self, loan: Loan) -> str | None:
        del loan
        return NO_OFFLINE_FILE

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        del returns
        return RenderedFile(b"", *sort_out(loans, self), hour_twice=False)


def format_of(export: Export) -> OfflineFormat:
    """Return the file format of an export.

    Raises:
        OfflineFileError: this version of Relais does not know the format.
    """
    known = (AlmaFile(export.layout), KohaFile())
    for file_format in known:
        if file_format.key == export.format:
            return file_format
    written = ", ".join(file_format.key for file_format in known)
    raise OfflineFileError(
        f"The file {export.name} has the format {export.format!r}, which this version of Relais "
        f"does not write (it writes {written}): use a later version."
    )


def layout_of(file_format: OfflineFormat) -> Layout:
    """Return the layout to store with an export: the default for any format other than Alma's."""
    return file_format.layout if isinstance(file_format, AlmaFile) else USUAL
