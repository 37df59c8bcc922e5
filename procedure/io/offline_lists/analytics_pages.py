"""The pages of an Analytics report, asked for one after the other."""

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from functools import partial

from procedure.errors import OfflineListError
from procedure.io.alma.client import AlmaApi
from procedure.offline_lists.analytics_report import AnalyticsPage, read_analytics_page

MOST_PAGES = 1000  # Analytics gives 500,000 rows at most
MOST_EMPTY = 60  # pages: a report that is still being made has none


@contextmanager
def open_reports(
    alma: AbstractAsyncContextManager[AlmaApi],
) -> Generator[Callable[[str], Iterator[AnalyticsPage]]]:
    """Yield a function that returns the pages of the report at a path of Analytics.

    The pages are asked for as they are needed. They raise an OfflineListError where what comes is
    no report or has no end, and an AlmaError as `AlmaHttp.get` does.
    """
    opened = AsyncExitStack()
    with asyncio.Runner() as runner:
        api = runner.run(opened.enter_async_context(alma))
        try:
            yield partial(_pages, runner, api)
        finally:
            runner.run(opened.aclose())


def _pages(runner: asyncio.Runner, api: AlmaApi, path: str) -> Iterator[AnalyticsPage]:
    token, empty = "", 0
    for _ in range(MOST_PAGES):
        page = read_analytics_page(runner.run(api.report_page(path, token)))
        token = token or page.token
        empty = 0 if page.rows else empty + 1
        yield page
        if page.is_finished:
            return
        if not token or empty > MOST_EMPTY:
            break
    raise OfflineListError("the report came without an end: nothing was taken")
