"""The handbook in use, and the differences between it and its files."""

from dataclasses import replace

from procedure.circulation.offline_files.alma_layout import Layout
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.reconciliation.systems.library_system import library_system

# The keys of library.toml that take effect only at a restart, because texts, times and stored days
# depend on them.
FIXED = ("system", "zone", "languages")


class HandbookInUse:
    """The handbook in use.

    current: the handbook, replaced as a whole once its files have changed and are valid. Pages
        follow `ChangeCounters.handbook` instead.
    faults: the faults that keep the current files from being used; empty while they are used.
    needs_restart: the keys of `library.toml` whose new values take effect only at a restart.
    library_system: the system into which loans are transferred; constant until a restart.
    """

    def __init__(self, handbook: Handbook, layout: Layout) -> None:
        self.current = handbook
        self.faults: tuple[Fault, ...] = ()
        self.needs_restart: tuple[str, ...] = ()
        self.library_system = library_system(handbook.library.system, layout)

    def refuse(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults

    def take(self, handbook: Handbook) -> bool:
        """Use a new handbook, except for `FIXED` keys; return whether anything changed."""
        fixed = {key: getattr(self.current.library, key) for key in FIXED}
        taken = replace(handbook, library=replace(handbook.library, **fixed))
        self.faults = ()
        self.needs_restart = tuple(
            key for key in FIXED if getattr(handbook.library, key) != fixed[key]
        )
        differs = taken != self.current
        self.current = taken
        return differs
