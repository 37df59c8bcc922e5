"""Renders templates, and provides the URLs and content of static files.

Every template is a Jinja template that escapes its values: handbook texts, notes and barcodes are
shown but never interpreted.
"""

import hashlib
from base64 import b64encode
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dashboard.translations import Language
from dashboard.ui.stylesheet import STYLESHEET, colours, stylesheet

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "assets"
# The scripts that HTML pages load directly. All other scripts in `assets/` are modules that the
# dashboard page and the desk page share. Modules are imported as `relais/NAME` through an import
# map.
FRAME_SCRIPTS = {
    "durations.js",
    "page.js",
    "scanner_keys.js",
    "desk_fallback.js",
    "enrolment_code.js",
    "after_sign_out.js",
}
MODULES = tuple(sorted({path.name for path in STATIC.glob("*.js")} - FRAME_SCRIPTS))
ASSETS = "dashboard/assets/"
FRESH = 30  # seconds during which a reading counts as up to date; the same as in durations.js


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates for the next process, whose first response is then 0.3 s faster.

    If a template's text has changed, the template is compiled again. A change to the environment's
    options has no such effect.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template if the folder is writable."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    bytecode_cache=CompiledTemplates(str(FOLDER / "__pycache__")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def module_imports() -> dict[Literal["imports", "scopes"], dict[str, str]]:
    """Return the import map through which a component's script imports the shared modules.

    The script is inlined, so a relative import would have no base URL.
    """
    return {"imports": {f"relais/{name}": f"./{asset_url(name)}" for name in MODULES}}


@pass_context
def mark_notes(context: Context, text: str) -> Markup:
    """Escape a handbook text, and replace each `(note)` with markup.

    In a handbook, `(note)` follows a sentence that is not in the procedure on paper.
    """
    mark = Markup('<span class="own">{}</span>').format(context["say"]("note"))
    return escape(text).replace("(note)", mark)


def age(at: datetime, now: datetime, language: Language, fresh: str = "") -> Markup:
    """Return the age of `at` as a `<time>` element, which `LiveHTML` keeps up to date.

    If `fresh` is not empty, it is shown instead of the age during the first `FRESH` seconds. A
    browser that receives the element late still counts from `at`.
    """
    length = now - at
    seconds = round(length.total_seconds(), 1)
    text = fresh if fresh and seconds < FRESH else language.ago(length)
    mark = Markup('<time datetime="{}" data-age="{}" data-ago="{}" data-fresh="{}">{}</time>')
    return mark.format(at.isoformat(), seconds, language.say("il y a {age}"), fresh, text)


TEMPLATES.filters |= {"notes": mark_notes, "age": age}
TEMPLATES.globals |= {"colours": colours}


def render(name: str, language: Language, **values: object) -> str:
    """Return the HTML of a template in a language.

    The name `monitoring/grid` stands for the file `monitoring/templates/grid.html`.
    """
    feature, _, template_name = name.partition("/")
    template = TEMPLATES.get_template(f"{feature}/templates/{template_name}.html")
    return template.render(
        language=language,
        say=language.say,
        plural=language.plural,
        words_lang=words_lang(language),
        **values,
    )


def words_lang(language: Language) -> Markup:
    """Return the `lang` attribute for an element with handbook texts.

    The result is empty if the handbook has texts in the page's language.
    """
    code = language.of_words
    return Markup() if code == language.code else Markup(' lang="{}"').format(code)


def render_markup(name: str, language: Language, **values: object) -> Markup:
    """Return a template's HTML as a value that other templates do not escape."""
    return Markup(render(name, language, **values))  # noqa: S704  # its values are escaped


@cache
def inline_style(stylesheet: str) -> str:
    """Return one of our style sheets as a `data:` URL, and any other style sheet unchanged.

    A `data:` URL needs no request to our server, and Bokeh sends it once for all components. The
    suffix `#.css` makes Panel treat the text as a URL. Rules for `:root` become rules for every
    component.
    """
    name = stylesheet.removeprefix(ASSETS).partition("?")[0]
    if not stylesheet.startswith(ASSETS):
        return stylesheet
    content = asset(name).replace(b":root", b":host")
    return f"data:text/css;base64,{b64encode(content).decode()}#.css"


@cache
def asset_url(name: str) -> str:
    """Return a static file's URL, relative to the page; the URL changes with the content."""
    digest = hashlib.sha256(asset(name)).hexdigest()[:12]
    return f"{ASSETS}{name}?v={digest}"


def asset(name: str) -> bytes:
    """Return a static file's content; `relais.css` is composed of the files in `assets/css/`."""
    return stylesheet() if name == STYLESHEET else (STATIC / name).read_bytes()
