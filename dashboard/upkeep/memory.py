"""Keeps the memory use of a long-running server low."""

import ctypes
import gc
import os
from typing import Any

# The number of collections of the middle generation between two full collections. Opening a page
# (15,000 objects) causes about two collections of the middle generation.
FULL_COLLECTION_AFTER = 250
ARENA_MAX = -8  # option of mallopt(3): the maximum number of arenas for threads


def keep_memory_small() -> None:
    """Limit memory use; call this after the server has created all its long-lived objects."""
    # A full collection would visit every loan in the log, and delay every page by up to a second.
    # With Python's own threshold, opening a hundred pages would cause ten full collections.
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTION_AFTER)
    # If pyarrow is installed, pandas stores strings in Arrow memory. Arrow's default allocator does
    # not return memory that one thread has allocated and another has freed.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # Otherwise each thread that has computed a data frame keeps the memory that it used.
    if _glibc:
        _glibc.mallopt(ARENA_MAX, 1)


def free_garbage() -> None:
    """Collect all garbage; with glibc, return free memory to the system."""
    gc.collect()
    if _glibc:
        _glibc.malloc_trim(0)


def _find_glibc() -> Any:
    """Return the C library if it is glibc, or None."""
    try:
        library = ctypes.CDLL(None)
    except TypeError:  # Windows
        return None
    return library if hasattr(library, "malloc_trim") else None


_glibc = _find_glibc()
