"""A barcode to scan: how this workstation's scanner ends a code, how fast, in which layout."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.translations import Language
from dashboard.ui.templating import asset_url, module_imports, render
from procedure.handbook.model import Handbook


class ScannerCheck(JSComponent):
    """The browser measures, and keeps what it found for this workstation (`scanner_keys.js`)."""

    html = param.String(default="", doc="The rendered piece `scanner`.")
    words = param.Dict(default={}, doc="Sentences by what was found.")
    rules = param.Dict(default={}, doc="What `ScanRules.for_page` gives.")

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")
    _importmap = module_imports()

    def __init__(self, handbook: Handbook, language: Language, **params: Any) -> None:
        super().__init__(
            html=render("readiness/scanner", language),
            words=scanner_texts(language),
            rules=handbook.scans.for_page(),
            sizing_mode="stretch_width",
            stylesheets=[asset_url("relais.css")],
            **params,
        )


def scanner_texts(language: Language) -> dict[str, str]:
    """Return what is found out about a scanner, by key; `{…}` is filled in by the page."""
    say = language.say
    return {
        "end_Enter": say("Il finit par Entrée."),
        "end_Tab": say("Il finit par Tab."),
        "end_none": say("Il n’envoie rien à la fin : une pause de {pause} ms finit le scan."),
        "end_slow": say(
            "Il n’envoie rien à la fin, et va trop lentement : faites-le finir par Entrée."
        ),
        "layout_same": say("Clavier juste."),
        "layout_french": say("Clavier français, corrigé ici."),
        "layout_swiss": say("Majuscules verrouillées, corrigées ici."),
        "layout_other": say("Clavier mal réglé : lu {text}."),
        "speed": say("Au plus {gap} ms entre deux touches."),
        "typed": say("Rien de retenu : scannez le code-barres, ne le tapez pas."),
    }
