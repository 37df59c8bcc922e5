"""A drop zone for files, which the browser reads and sends to the server."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.translations import Language
from dashboard.ui.live_html import well_formed
from dashboard.ui.templating import asset_url

Dropped = tuple[str, bytes]  # a file's name and its bytes


class FileDrop(JSComponent):
    """Calls `on_files` with the files from each drop; malformed messages are ignored."""

    label = param.String(default="", doc="A description of the files that may be dropped here.")
    too_large = param.String(
        default="", doc="The message shown if the files together exceed 12 MB."
    )
    accept = param.String(
        default="", doc="The suffixes and types of the files that the browser offers."
    )
    multiple = param.Boolean(default=False, doc="Whether several files may be dropped at once.")
    place = param.String(
        default="", doc="The place in which files may also be dropped outside the zone, or empty."
    )

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")

    def __init__(self, on_files: Callable[[Sequence[Dropped]], None], **params: object) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset_url("relais.css")])
        super().__init__(**params)
        self._on_files = on_files

    def _handle_msg(self, data: Any) -> None:
        sent = data.get("files") if isinstance(data, Mapping) else None
        decoded = [_decode(file) for file in sent] if isinstance(sent, list) else []
        files = [file for file in decoded if file is not None]
        if files:
            self._on_files(files)


def drop_zone(
    on_files: Callable[[Sequence[Dropped]], None], language: Language, label: str, **params: object
) -> FileDrop:
    too_large = language.say(
        "Plus de 12 Mo : déposez les fichiers un par un, ou demandez à l’informatique "
        "de les reprendre."
    )
    classes = ["in-form" if params.get("place") else "reconciliation-drop"]
    return FileDrop(on_files, label=label, too_large=too_large, css_classes=classes, **params)


def _decode(file: object) -> Dropped | None:
    if not isinstance(file, Mapping):
        return None
    try:
        name = well_formed(str(file.get("name", "")))
        return name, b64decode(str(file.get("content", "")), validate=True)
    except (binascii.Error, ValueError):
        return None
