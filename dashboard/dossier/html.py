"""Rendering of a dossier as HTML and as Markdown."""

import re
from collections.abc import Iterator

from dashboard.dossier.dossier_chart import NARROW, chart
from dashboard.dossier.sections import Section, facts, sections
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.handbook.model import Handbook
from procedure.outages.dossier import Dossier

# Characters that have a special meaning in Markdown.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")


def as_html(
    dossier: Dossier, handbook: Handbook, language: Language, *, download: str = "", files: str = ""
) -> str:
    """Render the dossier as a self-contained page.

    `download` is the URL of the page as a file, and `files` is the URL of the outage's tables. Both
    are empty in the file itself; `files` is also empty if the outage is too long to export.
    """
    words = handbook.words[language.code]
    names = {key: target.name for key, target in words.targets.items()}
    return render(
        "dossier/dossier",
        language,
        dossier=dossier,
        library=words.library,
        download=download,
        files=files,
        facts=facts(dossier, language),
        sections=sections(dossier, handbook, language),
        charts=[chart(dossier, names, language), chart(dossier, names, language, NARROW)],
    )


def as_markdown(dossier: Dossier, handbook: Handbook, language: Language) -> str:
    """Render the dossier as Markdown, without the chart."""
    title = language.written(dossier.outage.declared.title)
    title = language.say("Dossier de panne, {title}", title=title)
    lines = [f"# {_plain(title)}"]
    for section in sections(dossier, handbook, language):
        lines += ["", f"## {_plain(section.heading)}", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.lines:
        yield ""
        yield from (f"- {_plain(line)}" for line in section.lines)
    if section.rows:
        yield ""
        yield _row(section.head)
        yield _row(("---",) * len(section.head), plain=False)
        yield from map(_row, section.rows)


def _row(cells: tuple[str, ...], *, plain: bool = True) -> str:
    contents = (_plain(cell).replace("\n", "<br>") if plain else cell for cell in cells)
    return f"| {' | '.join(contents)} |"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
