"""What the page is made of: its shell, the pieces of HTML that fill it, and its own files.

Every piece is a Jinja template that escapes what it is given: handbook text, notes and barcodes
are shown, never interpreted.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dashboard.translations import Language
from dashboard.ui.stylesheet import STYLESHEET, stylesheet

HERE = Path(__file__).resolve().parent.parent
STATIC = HERE / "assets"
# What the page and the desk page share: these import each other as `relais/NAME`, by an import map.
MODULES = tuple(sorted(path.name for path in STATIC.glob("*.js") if path.name != "page.js"))
ASSETS = "dashboard/assets/"

PIECES = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def with_notes(text: str) -> Markup:
    """Make a mark of each `(note)` in a text of the handbook, which is escaped.

    It follows a sentence that the procedure on paper does not have.
    """
    return escape(text).replace("(note)", Markup('<span class="own">note</span>'))


def age(length: timedelta, language: Language) -> Markup:
    """Return an age as a `<time>` whose seconds `LiveHTML` counts on in the browser."""
    return Markup('<time data-age="{}" data-ago="{}">{}</time>').format(
        round(length.total_seconds(), 1), language.say("il y a {age}"), language.ago(length)
    )


PIECES.filters |= {"notes": with_notes, "age": age}


def render(name: str, language: Language, **values: object) -> str:
    """Render one piece of the page in a language.

    `monitoring/grid` reads monitoring/templates/grid.html.
    """
    feature, _, piece = name.partition("/")
    template = PIECES.get_template(f"{feature}/templates/{piece}.html")
    return template.render(language=language, say=language.say, plural=language.plural, **values)


@cache
def inline_style(stylesheet: str) -> str:
    """Return a style sheet that needs no server of ours; one that is not ours as it is.

    As a `data:` address, which Bokeh sends once for all components; the end makes Panel take it
    for an address. What our page says of its root is said of every component.
    """
    name = stylesheet.removeprefix(ASSETS).partition("?")[0]
    if not stylesheet.startswith(ASSETS):
        return stylesheet
    content = asset(name).replace(b":root", b":host")
    return f"data:text/css;base64,{b64encode(content).decode()}#.css"


@cache
def asset_url(name: str) -> str:
    """Return the address of a static file, relative to the page, changing with its content."""
    digest = hashlib.sha256(asset(name)).hexdigest()[:12]
    return f"{ASSETS}{name}?v={digest}"


def asset(name: str) -> bytes:
    """Return the content of a static file; `relais.css` is made of the files in `assets/css/`."""
    return stylesheet() if name == STYLESHEET else (STATIC / name).read_bytes()
