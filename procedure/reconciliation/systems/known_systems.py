"""The adapter of a library system, by its name in `library.toml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.reconciliation.systems.alma import alma
from procedure.reconciliation.systems.koha import KOHA
from procedure.reconciliation.systems.library_system import UNKNOWN_SYSTEM, LibrarySystem

# By the name in small letters; each takes the layout of Alma's file, the one setting there is.
ADAPTERS: Mapping[str, Callable[[Layout], LibrarySystem]] = {
    "alma": alma,
    "koha": lambda _: KOHA,
}
_WITHOUT = (
    'system "{name}" has no adapter (there are: {known}): no offline file can be written, no '
    "report of an upload is read, and its API is not asked. Loans are recorded and counted all the "
    "same; enter them by hand, from relais loans list, and settle each (docs/your-library.md)"
)


def library_system(name: str, layout: Layout = USUAL) -> LibrarySystem:
    """Return the system of this name; `layout` is that of Alma's offline file."""
    make = ADAPTERS.get(name.strip().casefold())
    return UNKNOWN_SYSTEM if make is None else make(layout)


def what_is_missing(name: str) -> str:
    """Return what does not work without an adapter, in words; empty where there is one."""
    known = ", ".join(key.capitalize() for key in ADAPTERS)
    return "" if name.strip().casefold() in ADAPTERS else _WITHOUT.format(name=name, known=known)
