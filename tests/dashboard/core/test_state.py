"""The states and views of a page receive the parts that they need."""

import param
import pytest

from dashboard.core.state import State, States, needs


class Clock:
    """A part that all pages share."""


class Board(State):
    """A state that needs the clock."""

    clock = needs(Clock)
    rows = param.List()


class BoardView(param.Parameterized):
    """A view of the board."""

    board = needs(Board)
    title = param.String()


def test_states_and_views_get_the_parts_they_need() -> None:
    clock = Clock()
    states = States(clock)
    board = states.add(Board)
    view = states.make(BoardView, title="Today")
    assert (board.clock, board.rows, view.board, view.title) == (clock, [], board, "Today")


def test_given_part_is_not_looked_up() -> None:
    other = Board(clock=Clock())
    assert States().make(BoardView, board=other).board is other


def test_make_names_a_missing_part() -> None:
    with pytest.raises(LookupError, match="BoardView needs a Board, which does not exist yet"):
        States(Clock()).make(BoardView)
