"""The handbook that all pages show, and what a change of its files still waits for."""

from procedure.circulation.offline_files.alma_layout import Layout
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.reconciliation.systems.library_system import library_system


class HandbookInUse:
    """The handbook in use, and how it differs from its files.

    current: replaced as a whole once its files were changed and are good; what a page shows
        follows `ChangeCounters.handbook`.
    faults: why the files are not taken as they are now, empty while they are.
    needs_restart: the keys of `library.toml` whose new value counts after another start.
    library_system: what the loans go into; the same until another start.
    """

    def __init__(self, handbook: Handbook, layout: Layout) -> None:
        self.current = handbook
        self.faults: tuple[Fault, ...] = ()
        self.needs_restart: tuple[str, ...] = ()
        self.library_system = library_system(handbook.library.system, layout)
