"""Small handbooks on disk, made by changing a valid handbook."""

import shutil
from collections.abc import Sequence
from pathlib import Path

HANDBOOKS = Path(__file__).resolve().parent.parent / "handbooks"
SMALL = HANDBOOKS / "good-small"


def changed(folder: Path, *changes: Sequence[str]) -> Path:
    """Copy the valid handbook to a folder and apply changes: (file, text, replacement).

    If the text is empty, the replacement is appended. If a change names only a file, the file is
    deleted.
    """
    shutil.copytree(SMALL, folder)
    for name, *texts in changes:
        file = folder / name
        if not texts:
            file.unlink()
            continue
        before, after = texts
        text = file.read_text("utf-8") if file.exists() else ""
        assert not before or text.count(before) == 1
        text = text.replace(before, after) if before else text + after
        file.write_text(text, "utf-8")
    return folder
