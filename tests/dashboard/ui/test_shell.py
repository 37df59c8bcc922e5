"""The frame of a page escapes the handbook's text; its document has the roots in a fixed order."""

import importlib
from dataclasses import replace

import panel as pn
from bokeh.document import Document

from dashboard.core.session import Session
from dashboard.translations import language
from dashboard.ui.shell import ROOTS, add_roots, frame, scripts
from procedure.handbook.model import Handbook

HOSTILE = '<img src=x onerror="window.run = 1">\'&'


def test_frame_escapes_handbook_words(handbook: Handbook) -> None:
    french = handbook.words["fr"]
    targets = {key: replace(words, name=HOSTILE) for key, words in french.targets.items()}
    named = {key: replace(desk, name=HOSTILE) for key, desk in handbook.desks.items()}
    hostile = replace(
        handbook, words=handbook.words | {"fr": replace(french, targets=targets)}, desks=named
    )
    drawn = frame(Session(), language("fr"), hostile, "token")
    assert "<img" not in drawn
    assert drawn.count("&lt;img src=x") == len(targets) + len(named)
    for root in ROOTS:
        assert drawn.count(f'data-root="{root}"') == 1


def test_frame_names_a_demonstration(handbook: Handbook) -> None:
    for code, said in (("fr", "<b>Démonstration</b>"), ("en", "<b>Demonstration</b>")):
        drawn = [
            frame(Session(), language(code), handbook, "token", demo=demo) for demo in ("demo", "")
        ]
        assert [said in html for html in drawn] == [True, False]


def test_roots_are_in_the_order_of_the_parts() -> None:
    document = Document()
    add_roots(document, {name: pn.pane.HTML(name) for name in reversed(ROOTS)})
    assert [root.text for root in document.roots] == list(ROOTS)


def test_scripts_are_those_of_the_parts() -> None:
    importlib.import_module("panel.models.tabulator")  # `panel serve` does this
    scripts.cache_clear()
    assert [script.partition("?")[0].rpartition("/")[2] for script in scripts()] == [
        "es-module-shims.min.js",
        "bokeh.min.js",
        "bokeh-widgets.min.js",
        "bokeh-tables.min.js",
        "panel.min.js",
    ]
    assert all(script.startswith("static/") for script in scripts())
