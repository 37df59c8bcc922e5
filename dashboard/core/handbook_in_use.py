"""The handbook that all pages show, and how its current files differ from it."""

from dataclasses import replace

from procedure.circulation.offline_files.alma_layout import Layout
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.reconciliation.systems.library_system import library_system

# Keys of library.toml: sentences, times and stored days have been made with them since the start.
FIXED = ("system", "zone", "languages")


class HandbookInUse:
    """The handbook in use, and how it differs from its files.

    current: replaced as a whole once its files have changed and are valid; what a page shows
        follows `ChangeCounters.handbook`.
    faults: why the current files are not used; empty while they are used.
    needs_restart: the keys of `library.toml` whose new value needs a restart.
    library_system: the system into which loans are transferred; constant until a restart.
    """

    def __init__(self, handbook: Handbook, layout: Layout) -> None:
        self.current = handbook
        self.faults: tuple[Fault, ...] = ()
        self.needs_restart: tuple[str, ...] = ()
        self.library_system = library_system(handbook.library.system, layout)

    def refuse(self, faults: tuple[Fault, ...]) -> None:
        """Keep the current handbook, and record why its files are not used."""
        self.faults = faults

    def take(self, handbook: Handbook) -> bool:
        """Use a handbook, except for keys that need a restart; return whether it differs."""
        fixed = {key: getattr(self.current.library, key) for key in FIXED}
        taken = replace(handbook, library=replace(handbook.library, **fixed))
        self.faults = ()
        self.needs_restart = tuple(
            key for key in FIXED if getattr(handbook.library, key) != fixed[key]
        )
        differs = taken != self.current
        self.current = taken
        return differs
