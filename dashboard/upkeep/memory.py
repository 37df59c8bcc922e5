"""Keeps the memory use of a long-running server small."""

import ctypes
import gc
import os
from typing import Any

# Collections of the middle generation between two full ones; a page (15,000 objects) causes about
# two.
FULL_COLLECTION_AFTER = 250
ARENA_MAX = -8  # option of mallopt(3): the maximum number of arenas for threads


def keep_memory_small() -> None:
    """Limit memory use; call this once every long-lived object of the server has been created."""
    # With a long log, garbage collection would delay every page by a second; while a hundred pages
    # are being opened, ten full collections of up to half a second each would delay every desk.
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
