"""What stands where Relais knows no offline file of the library's system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from procedure.circulation.offline_files.offline_format import RenderedFile, sort_out
from procedure.circulation.transactions import Loan, Return

NO_OFFLINE_FILE = "no_offline_file"


@dataclass(frozen=True, slots=True)
class NoOfflineFile:
    """No loan can be written: each is brought into the system by hand, and settled here."""

    key: ClassVar[str] = "none"
    suffix: ClassVar[str] = ""

    def problem(self, loan: Loan) -> str | None:
        """Return that there is no file, whatever the loan."""
        del loan
        return NO_OFFLINE_FILE

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write nothing."""
        del returns
        return RenderedFile(b"", *sort_out(loans, self), hour_twice=False)
