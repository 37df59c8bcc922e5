"""The documentation site: `make docs` builds it in docs/_build/html; warnings are errors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

project = "Relais"
author = "the authors of Relais"
extensions = ["myst_parser", "sphinx_click", "generated_reference"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
nitpicky = True
# Help texts have examples between single backticks: with Sphinx's own default role, `--by` would be
# printed with a dash.
default_role = "code"
html_theme = "furo"
html_title = "Relais"
html_static_path = ["_static"]
html_css_files = ["relais.css"]
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}


def setup(app: Sphinx) -> None:
    """Mark the pages of docs/fr and docs/de as French and German."""
    app.connect("html-page-context", _set_language)


def _set_language(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    del app, templatename, doctree
    folder = pagename.partition("/")[0]
    if folder in {"fr", "de"}:
        context["language"] = folder
