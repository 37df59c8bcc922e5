"""Imports pyarrow, which the `analysis` extra installs and only Parquet needs."""

from importlib import import_module
from typing import Any


def import_pyarrow() -> tuple[Any, Any]:
    """Return `pyarrow` and `pyarrow.parquet`.

    Raises:
        ImportError: pyarrow is not installed; the message says what to do.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as missing:
        raise ImportError(
            "Parquet needs pyarrow: install it with pip install 'alma-relais[analysis]', or use CSV"
        ) from missing
