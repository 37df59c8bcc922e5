"""The offline files that Relais writes, by the key that is stored with an export."""

from __future__ import annotations

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.offline_files.koha_file import KohaFile
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.circulation.transactions import Export
from procedure.errors import OfflineFileError


def format_of(export: Export) -> OfflineFormat:
    """Return how a file was written.

    Raises:
        OfflineFileError: it is none of this version of Relais.
    """
    known = (AlmaFile(export.layout), KohaFile())
    for file_format in known:
        if file_format.key == export.format:
            return file_format
    raise OfflineFileError(
        f"The file {export.name} has the format {export.format!r}, which this version of Relais "
        f"does not write (it writes {', '.join(one.key for one in known)}): use a later one."
    )


def layout_of(file_format: OfflineFormat) -> Layout:
    """Return the layout that is stored with an export; only Alma's file has one."""
    return file_format.layout if isinstance(file_format, AlmaFile) else USUAL
