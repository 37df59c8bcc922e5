"""Configuration of all tests.

Property tests use the same examples in every run, so no change passes or fails by chance.
`HYPOTHESIS_PROFILE=nightly`, which `make campaign` sets, draws twenty times as many examples, with
new examples in each run, and prints how to reproduce a failure.
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

# No deadlines: the machine may be busy with other work.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Background jobs start with SIGINT ignored, and the processes that tests start and interrupt would
# inherit this.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the folder for the database that this process's tests share."""
    with stores_in(tmp_path_factory.mktemp("stores")):
        yield


def pytest_collection_finish() -> None:
    """Exclude all modules and tests from garbage collection."""
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
    """Run coroutine tests, with the module's `loop_factory` if it has one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {
        name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters
    }
    loop_factory = getattr(pyfuncitem.module, "loop_factory", None)
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(pyfuncitem.obj(**arguments))
    return True
