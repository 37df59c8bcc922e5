"""The memory of a server that runs for days: garbage is freed, and what is free goes back."""

import ctypes
import gc
import os
from typing import Any

# Young collections between two full ones; a page of 15,000 objects takes about twenty.
FULL_COLLECTION_AFTER = 250
ARENA_MAX = -8  # of mallopt(3): from how many arenas threads take memory


def keep_memory_small() -> None:
    """Call it once all that lives as long as the server is made."""
    # A garbage collection over a long log would delay every page by a second, and while a hundred
    # pages are opened ten full collections of up to half a second would delay every desk.
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTION_AFTER)
    # Where pyarrow is installed pandas keeps strings in its memory. The allocator that pyarrow has
    # of its own gives none back that one thread has taken and another has freed.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # Else each thread that has computed a frame keeps what that has taken.
    if _glibc:
        _glibc.mallopt(ARENA_MAX, 1)


def free_garbage() -> None:
    """Collect all garbage; where glibc is used, give free memory back to the system."""
    gc.collect()
    if _glibc:
        _glibc.malloc_trim(0)


def _find_glibc() -> Any:
    """Return the C library, None where it is another."""
    try:
        library = ctypes.CDLL(None)
    except TypeError:  # Windows
        return None
    return library if hasattr(library, "malloc_trim") else None


_glibc = _find_glibc()
