"""A library system's name selects its adapter, which determines the steps of a reconciliation."""

import pytest

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.reconciliation.steps import STEPS, steps_of
from procedure.reconciliation.systems.library_system import (
    ADAPTERS,
    KOHA,
    UNKNOWN_SYSTEM,
    library_system,
    what_is_missing,
)


def test_library_system_ignores_case_and_spaces() -> None:
    layout = Layout(line_end="lf")
    assert library_system(" ALMA ", layout).offline_file == AlmaFile(layout)
    assert library_system("koha") is KOHA
    assert library_system("FOLIO") is UNKNOWN_SYSTEM


@pytest.mark.parametrize("name", ADAPTERS)
def test_known_system_lacks_nothing(name: str) -> None:
    system = library_system(name)
    assert (system.key, system.offline_file.key) == (name, name)
    assert (system.has_file, what_is_missing(name)) == (True, "")


def test_steps_depend_on_the_system() -> None:
    assert steps_of(library_system("Alma")) == STEPS
    assert steps_of(KOHA) == ("import", "check", "send", "proof", "carts", "sign")
    assert steps_of(UNKNOWN_SYSTEM) == ("import", "check", "proof", "carts", "sign")
