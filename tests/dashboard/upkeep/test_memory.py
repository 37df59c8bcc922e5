"""The server frees garbage and returns memory to the system."""

import gc
import platform
import subprocess
import sys
import weakref

import pytest

from dashboard.upkeep.memory import free_garbage

# A program whose threads allocate 14 MB each, one after another, and keep a 500th of that memory.
THREADS = """
import threading
import psutil
from dashboard.upkeep.memory import free_garbage, keep_memory_small

keep_memory_small()
kept, turn, all_done = [], threading.Lock(), threading.Barrier(7)

def take():
    with turn:
        taken = [bytearray(2000 + size % 3000) for size in range(4000)]
        kept.append(taken[::500])
        del taken
    all_done.wait()
    all_done.wait()

threads = [threading.Thread(target=take) for _ in range(6)]
before = psutil.Process().memory_info().rss
for thread in threads:
    thread.start()
all_done.wait()
grown = [psutil.Process().memory_info().rss - before]
free_garbage()
grown.append(psutil.Process().memory_info().rss - before)
print(*(size / 1e6 for size in grown))
all_done.wait()
"""


class Ring:
    """An object that refers to itself, as a closed page does."""

    def __init__(self) -> None:
        self.itself = self


def output_of(program: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_free_garbage_frees_reference_cycles() -> None:
    gc.collect()
    ring = weakref.ref(Ring())
    assert ring() is not None
    free_garbage()
    assert ring() is None


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has malloc_trim")
def test_threads_share_memory_that_free_garbage_returns() -> None:
    taken, left = map(float, output_of(THREADS).split())
    assert left < 8 < taken < 30


def test_strings_of_frames_use_the_system_allocator() -> None:
    pytest.importorskip("pyarrow")
    printed = output_of(
        "from dashboard.upkeep.memory import keep_memory_small; keep_memory_small();"
        "import pandas, pyarrow; pandas.Series(['a']);"
        "print(pyarrow.default_memory_pool().backend_name)"
    )
    assert printed == "system"
