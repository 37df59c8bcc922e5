"""Garbage and free memory do not stay with the server."""

import gc
import subprocess
import sys
import weakref

import pytest

from dashboard.memory import free_garbage


class Ring:
    """Refers to itself, as a closed page does."""

    def __init__(self) -> None:
        self.itself = self


def test_free_garbage_frees_rings() -> None:
    gc.collect()
    ring = weakref.ref(Ring())
    gc.freeze()
    gc.unfreeze()  # the ring is as old as what only a full collection looks at
    assert ring() is not None
    free_garbage()
    assert ring() is None


def test_strings_of_frames_take_memory_that_the_system_gets_back() -> None:
    pytest.importorskip("pyarrow")
    program = (
        "from dashboard.memory import keep_memory_small; keep_memory_small();"
        "import pandas, pyarrow; pandas.Series(['a']);"
        "print(pyarrow.default_memory_pool().backend_name)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "system"
