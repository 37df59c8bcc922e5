"""The memory of a server that runs for days: garbage is freed, and what is free goes back."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Callable

# Young collections between two full ones; a page of 15,000 objects takes about twenty.
FULL_COLLECTION_AFTER = 250


def keep_memory_small() -> None:
    """Call it once all that lives as long as the server is made."""
    # A garbage collection over a long log would delay every page by a second, and while a hundred
    # pages are opened ten full collections of up to half a second would delay every desk.
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTION_AFTER)
    # Where pyarrow is installed pandas keeps strings in its memory. The allocator that pyarrow has
    # of its own gives none back that one thread has taken and another has freed.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def free_garbage() -> None:
    """Collect all garbage; where glibc is used, give free memory back to the system."""
    gc.collect()
    _trim(0)


def _find_trim() -> Callable[[int], object]:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, TypeError):  # another C library; Windows
        return lambda _: None


_trim = _find_trim()
