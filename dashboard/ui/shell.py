"""The frame around every place: the header's live parts and the template that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
import param

from dashboard.translations import Language
from dashboard.ui.templating import HERE, PIECES, asset_url
from procedure.handbook.model import Handbook


def shell(
    session: param.Parameterized, language: Language, handbook: Handbook, parts: Mapping[str, Any]
) -> pn.Template:
    """Put the parts (`line state round guide loans back history`) into the page's own template."""
    say = language.say
    titles = (say("Guide"), say("Prêts"), say("Retour"), say("Historique"))
    names = dict(zip(session.param["page"].objects, titles, strict=True))
    page = pn.Template((HERE / "ui" / "templates" / "shell.html").read_text("utf-8"))
    for name, part in parts.items():
        page.add_panel(name, part)
    variables = {
        "language": language,
        "say": say,
        "asset": asset_url,
        "session": session,
        "pages": names,
        "steps": handbook.words[language.code].steps,
        "desks": list(handbook.desks.values()),
    }
    for name, value in variables.items():
        page.add_variable(name, value)
    return page


def refusal_page(refusal: str) -> pn.Template:
    """Say why there is no page here; nothing else is on it, and nothing is asked of the server."""
    page = pn.Template((HERE / "ui" / "templates" / "refusal_page.html").read_text("utf-8"))
    page.add_variable("refusal", refusal)
    return page


__all__ = ["PIECES", "shell"]
