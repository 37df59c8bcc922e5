"""A library system's name selects its adapter, which decides the steps."""

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


def test_a_system_is_found_however_it_is_written() -> None:
    layout = Layout(line_end="lf")
    assert library_system(" ALMA ", layout).offline_file == AlmaFile(layout)
    assert library_system("koha") is KOHA
    assert library_system("FOLIO") is UNKNOWN_SYSTEM


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_known_system_lacks_nothing_to_speak_of(name: str) -> None:
    system = library_system(name)
    assert (system.key, system.offline_file.key) == (name, name)
    assert (system.has_file, what_is_missing(name)) == (True, "")


def test_the_steps_are_those_that_the_system_has() -> None:
    assert steps_of(library_system("Alma")) == STEPS
    assert steps_of(KOHA) == ("import", "check", "send", "proof", "carts", "sign")
    assert steps_of(UNKNOWN_SYSTEM) == ("import", "check", "proof", "carts", "sign")
