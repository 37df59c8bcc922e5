"""A workstation cannot use the name of an enrolled workstation without its token."""

from datetime import UTC, datetime, timedelta

import pytest

from procedure.access.accounts import EnrolledWorkstation
from procedure.access.enrolled_names import HOLDS, EnrolledNames

AT = datetime(2026, 11, 24, 11, tzinfo=UTC)
CMU = EnrolledWorkstation("CMU-1", "CMU", "anne", AT)


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("CMU-1", "CMU-1 ?"),
        (" cmu-1 ", "cmu-1 ?"),
        ("\uff23\uff2d\uff35-1", "\uff23\uff2d\uff35-1 ?"),  # full-width letters
        ("CMU-2", "CMU-2"),
        ("", ""),
    ],
)
def test_without_claim(name: str, recorded: str) -> None:
    assert EnrolledNames(lambda: [CMU], lambda: AT).without_claim(name) == recorded


def test_without_claim_knows_a_new_enrolment_within_seconds() -> None:
    enrolled: list[EnrolledWorkstation] = []
    now = AT
    names = EnrolledNames(lambda: enrolled, lambda: now)
    assert names.without_claim("CMU-1") == "CMU-1"
    enrolled.append(CMU)
    now = AT + HOLDS + timedelta(seconds=1)
    assert names.without_claim("CMU-1") == "CMU-1 ?"
