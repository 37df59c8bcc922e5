"""Pass broken files to every parser until the time is up; no parser may raise or use much memory.

The files depend on `--seed`; `--seed 0` uses a new seed and prints it. `make test` uses the same
seed every time. If a parser fails on a file, the shortest part that still makes it fail is printed,
ready to paste into a test.
"""

import argparse
import random
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from tests.campaigns.fuzzing.readers import READERS
from tests.campaigns.fuzzing.seeds import PIECES, SEEDS

LONGEST = 40_000  # bytes
# A parser may use this many bytes of memory for any file, and this many more per byte of the file.
ALLOWED, FACTOR = 48_000_000, 200
WEIGHED = 25  # measure memory for one file in 25, because measuring is slow


def files(chance: random.Random) -> Iterator[bytes]:
    """Yield files endlessly: valid files with a few changes, or random bytes."""
    while True:
        seed = chance.choice(SEEDS) if chance.random() < 0.97 else _noise(chance)
        if seed.startswith(b"PK") and chance.random() < 0.8:
            yield _repacked(seed, chance)
        else:
            yield _changed(seed, chance)


def _changed(seed: bytes, chance: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 8, 30))):
        chance.choice(CHANGES)(content, chance)
        del content[LONGEST:]  # repetitions could fill the memory
    return bytes(content)


def _repacked(seed: bytes, chance: random.Random) -> bytes:
    """Change a part of a workbook, leaving the archive valid."""
    page = BytesIO()
    with ZipFile(BytesIO(seed)) as old, ZipFile(page, "w", ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice([name for name in names if "sheet" in name] * 4 + names)
        for name in names:
            part = old.read(name)
            new.writestr(name, _changed(part, chance) if name == chosen else part)
    return page.getvalue()


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(400))


def _flip(content: bytearray, chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] = chance.randrange(256)


def _insert(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(PIECES)


def _overwrite(content: bytearray, chance: random.Random) -> None:
    piece = chance.choice(PIECES)
    at = chance.randrange(len(content) + 1)
    content[at : at + len(piece)] = piece


def _cut(content: bytearray, chance: random.Random) -> None:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    del content[start:end]


def _repeat(content: bytearray, chance: random.Random) -> None:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    content[end:end] = content[start:end] * chance.choice((1, 2, 50))


def _splice(content: bytearray, chance: random.Random) -> None:
    other = chance.choice(SEEDS)
    at = chance.randrange(len(other))
    content[chance.randrange(len(content) + 1) :] = other[at:]


CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip,
    _insert,
    _overwrite,
    _cut,
    _repeat,
    _splice,
)


def fault_of(name: str, content: bytes, *, weigh: bool) -> str:
    """Return a description of a parser's failure on a file, or ""."""
    if weigh:
        tracemalloc.start()
    try:
        READERS[name](content)
        peak = tracemalloc.get_traced_memory()[1] if weigh else 0
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"[:500]
    finally:
        tracemalloc.stop()
    over = peak > ALLOWED + FACTOR * len(content)
    return f"takes {peak:,} bytes of memory for a file of {len(content):,}" if over else ""


def shortest(name: str, content: bytes, *, weigh: bool) -> bytes:
    """Return the shortest failing part of a file that can be found in 3,000 attempts."""
    size = len(content) // 2
    tries = 0
    while size and tries < 3000:
        at = 0
        while at < len(content) and tries < 3000:
            tries += 1
            less = content[:at] + content[at + size :]
            if fault_of(name, less, weigh=weigh):
                content = less
            else:
                at += size
        size //= 2
    return content


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=1, help="0 for a new seed")
    given = options.parse_args()
    given.seed = given.seed or time.time_ns() % 2**32
    warnings.simplefilter("ignore")  # openpyxl warns about every unknown style
    print(f"fuzz: seed {given.seed}, {given.seconds:g} s", flush=True)
    end, names = time.monotonic() + given.seconds, list(READERS)
    for number, content in enumerate(files(random.Random(given.seed))):
        for name in names:
            weigh = number % WEIGHED == 0
            fault = fault_of(name, content, weigh=weigh)
            if fault:
                part = shortest(name, content, weigh=weigh)
                print(f"fuzz: file {number} of seed {given.seed}, reader {name}: {fault}")
                print(f"the shortest part that fails:\nREADERS[{name!r}]({part!r})")
                sys.exit(1)
        if time.monotonic() >= end:
            print(f"fuzz: {number + 1} files, each passed to {len(names)} readers; none failed")
            return


if __name__ == "__main__":
    main()
