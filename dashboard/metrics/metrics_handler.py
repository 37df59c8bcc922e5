"""`/metrics`: the metrics for Prometheus."""

from collections.abc import Awaitable, Callable

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission


class Metrics(AuthorisedHandler):
    """Serves the metrics in Prometheus's text format."""

    permission = Permission.METRICS

    def initialize(
        self, context: Callable[[], AppContext], to_bring: Callable[[], Awaitable[int | None]]
    ) -> None:
        self._context, self._to_bring = context, to_bring

    async def get(self) -> None:
        # Import these only now: many servers need no metrics, and startup must be fast.
        from prometheus_client.exposition import (  # noqa: PLC0415
            CONTENT_TYPE_PLAIN_0_0_4,
            generate_latest,
        )

        from dashboard.metrics.metrics import ContextCollector  # noqa: PLC0415

        context = self._context()
        context.folds.update()
        self.set_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
        self.set_header("Cache-Control", "no-store")
        to_bring = await self._to_bring()
        self.finish(generate_latest(ContextCollector(context, to_bring)))
