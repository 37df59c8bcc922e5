"""Text that all desks see never contains a patron's number; the numbers here are made up."""

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.redaction import redact_identifiers
from procedure.io.handbook_files import load_handbook

RULES = load_handbook(PACKAGED_HANDBOOK).scans


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Prêtez en secours.", "Prêtez en secours."),
        ("  deux\n lignes ", "deux lignes"),
        ("Le lecteur SLSP-123456789 attend.", "Le lecteur […] attend."),
        ("carte (2071234567), merci", "carte ([…]), merci"),
        ("123456789012@eduid.ch", "[…]"),
        ("slsp123456789!", "[…]!"),
        ("CAD : 022 379 70 00, ticket 4711", "CAD : 022 379 70 00, ticket 4711"),
        ("", ""),
    ],
)
def test_redact_identifiers_hides_what_looks_like_a_patron(written: str, shown: str) -> None:
    assert redact_identifiers(written, RULES) == shown
