"""A barcode to scan: how this workstation's scanner ends a code, how fast, in which layout."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.readiness.scanner_text import scanner_texts
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
