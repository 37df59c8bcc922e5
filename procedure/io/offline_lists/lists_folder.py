"""Where the lists of an installation are."""

from pathlib import Path

from procedure.io.spool.spool import spool_base


def lists_folder(url: str) -> Path:
    """Return the folder of the lists of a database's installation: beside SQLite's file."""
    base = spool_base(url)
    return base.with_name(f"{base.name}.lists")
