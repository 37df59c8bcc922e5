"""A drop zone for files: dropped onto it or chosen through it, read in the browser, sent up."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.ui.templating import asset_url
from dashboard.ui.text import well_formed

Dropped = tuple[str, bytes]  # a file's name and its bytes


class FileDrop(JSComponent):
    """Calls `on_files` with the files of one drop; what is no file changes nothing."""

    label = param.String(default="", doc="What may be dropped here.")
    too_large = param.String(default="", doc="What is said of a file over 12 MB.")
    accept = param.String(default="", doc="Endings and types that the browser offers.")
    multiple = param.Boolean(default=False, doc="Whether several files may come at once.")
    place = param.String(default="", doc="Place of the page that it takes every file of.")

    _esm = Path(__file__).with_suffix(".js")

    def __init__(self, on_files: Callable[[Sequence[Dropped]], None], **params: Any) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset_url("relais.css")])
        super().__init__(**params)
        self._on_files = on_files

    def _handle_msg(self, data: Any) -> None:
        told = data.get("files") if isinstance(data, Mapping) else None
        files = [_file(entry) for entry in told] if isinstance(told, list) else []
        found = [file for file in files if file is not None]
        if found:
            self._on_files(found)


def _file(told: object) -> Dropped | None:
    if not isinstance(told, Mapping):
        return None
    try:
        name = well_formed(str(told.get("name", "")))
        return name, b64decode(str(told.get("content", "")), validate=True)
    except (binascii.Error, ValueError):
        return None
