"""A part depends on what stands above its methods; what pages share is rendered once."""

import param
import pytest

from dashboard.core.context import AppContext
from dashboard.core.state import State
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.live_stack import MOST, LiveStack
from dashboard.ui.part import Part, computed_once
from tests.dashboard.conftest import Clock


class Shelf(State):
    context: AppContext = param.ClassSelector(class_=AppContext)
    books: tuple[str, ...] = param.ClassSelector(class_=tuple, default=())
    colour = param.String()


class ShelfView(Part):
    shelf: Shelf = param.ClassSelector(class_=Shelf, constant=True)
    rendered: list[str] = param.List(constant=True)
    reader = param.String()

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._view = LiveHTML(self._html)

    @property
    def context(self) -> AppContext:
        return self.shelf.context

    @property
    def own(self) -> str:
        return self.reader

    @param.depends("shelf.books")
    @computed_once
    def _html(self) -> str:
        self.rendered.append("+".join(self.shelf.books))
        return f"<p>{self.rendered[-1]} {self.reader}</p>"


def shown(view: ShelfView) -> str:
    return view.__panel__().html


def test_pages_with_equal_values_share_what_is_rendered(context: AppContext, clock: Clock) -> None:
    rendered: list[str] = []
    shelves = [Shelf(context=context) for _ in range(3)]
    views = [
        ShelfView(shelf=shelf, rendered=rendered, language=language("fr")) for shelf in shelves
    ]
    assert rendered == [""]
    for shelf in shelves:
        shelf.books = ("atlas",)
    assert [shown(view) for view in views] == ["<p>atlas </p>"] * 3
    shelves[0].colour = "red"
    shelves[2].books = ("atlas", "globe")
    assert [shown(view) for view in views[1:]] == ["<p>atlas </p>", "<p>atlas+globe </p>"]
    assert rendered == ["", "atlas", "atlas+globe"]
    clock.pass_by(seconds=2)
    shelves[0].books = ("atlas", "globe")
    assert rendered == ["", "atlas", "atlas+globe", "atlas+globe"]


def test_pages_in_another_language_or_with_something_of_their_own_do_not_share(
    context: AppContext,
) -> None:
    rendered: list[str] = []
    shelf = Shelf(context=context, books=("atlas",))
    for code, reader in (("fr", ""), ("en", ""), ("fr", "Ada"), ("fr", "Ada")):
        view = ShelfView(shelf=shelf, rendered=rendered, language=language(code), reader=reader)
        assert shown(view) == f"<p>atlas {reader}</p>"
    assert len(rendered) == 3


def test_stack_shows_what_is_visible() -> None:
    panes = [LiveHTML(f"<p>{number}</p>") for number in range(MOST)]
    stack = LiveStack(panes)
    panes[3].visible = False
    panes[4].html = ""
    values = stack.param.values()
    assert [values[f"html_{number}"] for number in range(2, 6)] == ["<p>2</p>", "", "", "<p>5</p>"]
    with pytest.raises(ValueError, match="17 pieces in a stack that has 16 at most"):
        LiveStack([*panes, LiveHTML()])
