"""What several pages show is computed once, as long as it is made of the same."""

from __future__ import annotations

from itertools import count

import pytest

from dashboard.core.shared_values import SharedValues
from tests.dashboard.conftest import Clock


def test_get_shares_equal_inputs_for_a_second(clock: Clock) -> None:
    values, numbers = SharedValues(), count()

    def get(*inputs: object, name: str = "grid") -> int:
        return values.get(name, inputs, clock(), lambda: next(numbers))

    assert [get("a", [1]), get("b", [1]), get("a", [1]), get("b", [1])] == [0, 1, 0, 1]
    assert get("a", [1], name="state") == 2
    clock.pass_by(seconds=0.9)
    assert get("a", [1]) == 0
    clock.pass_by(seconds=0.2)
    assert get("a", [1]) == 3


def test_get_computes_again_after_an_error(clock: Clock) -> None:
    values = SharedValues()
    with pytest.raises(ZeroDivisionError):
        values.get("grid", (), clock(), lambda: 1 // 0)
    assert values.get("grid", (), clock(), lambda: 1) == 1
