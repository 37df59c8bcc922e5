"""The frame of the page shows what the papers say, and never runs it."""

from __future__ import annotations

from dataclasses import replace

import panel as pn
from bokeh.document import Document
from bokeh.embed import file_html
from bokeh.resources import CDN

from dashboard.core.session import Session
from dashboard.translations import language
from dashboard.ui.shell import shell
from procedure.handbook.model import Handbook

HOSTILE = '<img src=x onerror="window.run = 1">\'&'
PARTS = "line probe round naming state outage guide here loans back history"


def test_what_the_papers_say_is_escaped(handbook: Handbook) -> None:
    french = handbook.words["fr"]
    titled = {key: replace(one, title=HOSTILE) for key, one in french.steps.items()}
    named = {key: replace(one, name=HOSTILE) for key, one in handbook.desks.items()}
    hostile = replace(
        handbook, words=handbook.words | {"fr": replace(french, steps=titled)}, desks=named
    )
    parts = {name: pn.pane.HTML(f"<p>{name}</p>") for name in PARTS.split()}
    document = shell(Session(), language("fr"), hostile, parts).server_doc(Document())
    drawn = file_html(
        document,
        CDN,
        template=document.template,
        template_variables=document.template_variables,
    )
    assert "<img" not in drawn
    assert drawn.count("&lt;img src=x") == len(titled) + len(named)
    for root in PARTS.split():
        assert f'data-root-id="{document.get_model_by_name(root).id}"' in drawn
