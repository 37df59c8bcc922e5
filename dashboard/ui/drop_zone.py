"""A drop zone that says what it takes, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.translations import Language
from dashboard.ui.file_drop import Dropped, FileDrop


def drop_zone(
    on_files: Callable[[Sequence[Dropped]], None], language: Language, label: str, **more: Any
) -> FileDrop:
    """Make a drop zone that says what it takes."""
    too_large = language.say("Fichier de plus de 12 Mo : prenez la commande relais loans import.")
    classes = ["in-form" if more.get("place") else "way-drop"]
    return FileDrop(on_files, label=label, too_large=too_large, css_classes=classes, **more)
