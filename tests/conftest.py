"""Configuration of all tests.

Property tests use the same examples in every run; `make campaign` draws new ones.

A change should pass or fail by its effect, not by a lucky draw. `HYPOTHESIS_PROFILE=nightly` draws
twenty times as many new examples and prints how to reproduce a fault.
"""

import asyncio
import gc
import inspect
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.postgres import (  # noqa: F401
    database_url,
    module_database_url,
    postgres_server,
    postgres_url,
)
from tests.support.stores import stores_in
from tests.support.webhook import webhook  # noqa: F401

# No deadlines: time means little on a machine that other work shares.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A background job starts with SIGINT ignored, and every process that a test starts and interrupts
# would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Return this process's folder for the database that its tests share."""
    with stores_in(tmp_path_factory.mktemp("stores")):
        yield


def pytest_collection_finish() -> None:
    """Keep the garbage collector from scanning all modules and tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def packaged_library() -> Iterator[None]:
    """Restore the library system and languages of Geneva's handbook after each module."""
    yield
    if translations := sys.modules.get("dashboard.translations.languages"):
        translations.use_library("Alma", ("fr", "en", "de"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine, with the module's `loop_factory` if it has one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {
        name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters
    }
    loop_factory = getattr(pyfuncitem.module, "loop_factory", None)
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(pyfuncitem.obj(**arguments))
    return True
