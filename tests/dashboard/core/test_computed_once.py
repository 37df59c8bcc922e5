"""For equal inputs, the pages share a value that is computed at most once a second."""

from itertools import count

import pytest

from dashboard.core.computed_once import ComputedOnce
from tests.support.clock import Clock


def test_equal_inputs_share_a_result_for_a_second(clock: Clock) -> None:
    computed_once, numbers = ComputedOnce(clock), count()

    def get(*inputs: object, name: str = "grid") -> int:
        return computed_once(name, lambda: next(numbers), *inputs)

    assert [get("a", [1]), get("b", [1]), get("a", [1]), get("b", [1])] == [0, 1, 0, 1]
    assert get("a", [1], name="state") == 2
    clock.pass_by(seconds=0.9)
    assert get("a", [1]) == 0
    clock.pass_by(seconds=0.2)
    assert get("a", [1]) == 3


def test_computes_again_after_an_error(clock: Clock) -> None:
    computed_once = ComputedOnce(clock)
    with pytest.raises(ZeroDivisionError):
        computed_once("grid", lambda: 1 // 0)
    assert computed_once("grid", lambda: 1) == 1


def test_computes_again_after_forget(clock: Clock) -> None:
    computed_once, numbers = ComputedOnce(clock), count()

    def grid() -> int:
        return computed_once("grid", lambda: next(numbers))

    assert [grid(), grid()] == [0, 0]
    computed_once.forget()
    assert grid() == 1
