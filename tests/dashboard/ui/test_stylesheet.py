"""The style sheet has every class that is used, and no class that is unused."""

import re
from collections.abc import Iterator

from dashboard.desk.bundle import DESK
from dashboard.ui.stylesheet import FOLDER, PARTS, stylesheet

DASHBOARD = FOLDER.parent.parent
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
WORD = re.compile(r"[a-zA-Z_][\w-]*")
# Bokeh's and Panel's classes.
FOREIGN = re.compile(r"bk-|scroll-button$")
# Prefixes of class names that end with a status, a number or the like.
COMPOSED = ("cell--", "is-", "state--", "v")
# `STYLE` finds the style sheet of a single page; `HOOKS` are classes without a rule.
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
HOOKS = {"too-old"}


def test_stylesheet_has_every_file() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PARTS)


def test_stylesheet_has_no_unused_class() -> None:
    words = {word for text in sources("html", "js", "py") for word in quoted_words(text)}
    words |= {name for text in sources("html") for name in template_classes(text)}
    unused = {name for name in classes() if name not in words and not FOREIGN.match(name)}
    assert not {name for name in unused if not name.startswith(COMPOSED)}


def test_templates_have_no_class_without_a_rule() -> None:
    every = classes() | HOOKS
    without = [
        name
        for text in sources("html")
        for name in {*template_classes(text)} - every - classes_in("".join(STYLE.findall(text)))
    ]
    assert without == []


def classes() -> set[str]:
    """Return the names of all classes in the style sheets of the dashboard and the desk page."""
    return classes_in(stylesheet().decode() + (DESK / "desk.css").read_text("utf-8"))


def classes_in(text: str) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    selectors = re.findall(r"([^{};]+)\{", text)
    return {
        name for selector in selectors if "@" not in selector for name in CLASS.findall(selector)
    }


def sources(*suffixes: str) -> Iterator[str]:
    for path in sorted(DASHBOARD.rglob("*")):
        has_own_style = path.parts[-3] == "dossier" or path.name == "public_status.html"
        if path.suffix[1:] in suffixes and not has_own_style:
            yield path.read_text("utf-8")


def quoted_words(text: str) -> set[str]:
    """Return all words in quoted strings, which include the name of every class in use."""
    result = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", text)
    return {word for parts in result for part in parts for word in WORD.findall(part)}


def template_classes(text: str) -> Iterator[str]:
    """Yield the names in the `class` attributes, except composed names."""
    for value in re.findall(r'class="((?:\{[{%].*?[%}]\}|[^"])*)"', text, re.DOTALL):
        for literal in re.findall(r"\{\{[^}]*?'([^']*)'", value):
            yield from literal.split()
        plain = re.sub(r"\{%.*?%\}", " ", value, flags=re.DOTALL)
        for name in re.sub(r"\{\{.*?\}\}", "\0", plain, flags=re.DOTALL).split():
            if "\0" not in name:
                yield name
