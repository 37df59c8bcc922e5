"""`/drill`: the page of a drill."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tornado.web import HTTPError

from dashboard.core.authorised_handler import ContextHandler, asked_language
from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from dashboard.drill.drill_step import DrillStep
from dashboard.translations import Language
from dashboard.ui.templating import asset_url, render

if TYPE_CHECKING:
    from dashboard.drill.drill import Drill

PAUSE = 3.0  # seconds after each demonstrated step, at speed 1


class DrillRoute(ContextHandler):
    """Base class of the drill's routes."""

    @property
    def drill(self) -> Drill:
        """The drill on this server.

        Raises:
            HTTPError: 404, if there is none.
        """
        drill = self._context().shared.get("drill")
        if drill is None:
            raise HTTPError(404)
        return drill

    @property
    def words(self) -> Language:
        return asked_language(self, self._context())

    async def progress(self) -> dict[str, object]:
        """Return the changing parts of the page."""
        drill, words = self.drill, self.words
        step = await drill.look()
        html = render(
            "drill/progress",
            words,
            steps=list(DrillStep),
            step=step,
            drill=drill,
            report=drill.report(),
            now=drill.context.clock.now(),
        )
        return {"html": html, "lent": sorted(drill.lent), "step": step.value}


class DrillPage(DrillRoute):
    """The drill's page, with the steps, the queue with barcodes, and the report."""

    async def get(self) -> None:
        """Send the page and start the outage."""
        drill, words = self.drill, self.words
        drill.begin()
        progress = await self.progress()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            render(
                "drill/page",
                words,
                asset=asset_url,
                demo="drill",
                queue=drill.queue,
                desk=drill.context.handbook.current.desks[drill.desk].name,
                progress=progress["html"],
            )
        )


class DrillState(DrillRoute):
    """`/drill/state`: the changing parts of the page, requested once a second."""

    async def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.progress())


class DrillAct(DrillRoute):
    """`/drill/act?step=…`: demonstrates a step, or all remaining steps if `step=all`."""

    permission = Permission.COORDINATE

    async def post(self) -> None:
        """Perform the step, unless another site requests it: other sites cannot set our header."""
        drill, step = self.drill, self.get_query_argument("step", "")
        if self.request.headers.get("X-Relais") != "drill":
            self._refuse(403, "only pages on this server may do this")
        elif step == "all":
            drill.show(PAUSE / drill.present.speed**0.5)
            self.finish({})
        elif step in set(DrillStep) and not drill.is_showing:
            await drill.act(DrillStep(step))
            self.finish(await self.progress())
        else:
            self._refuse(400, "there is no such step, or all steps are being shown")


def drill_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, object]]]:
    shared: dict[str, object] = {"context": opened}
    return [
        (r"/drill", DrillPage, shared),
        (r"/drill/state", DrillState, shared),
        (r"/drill/act", DrillAct, shared),
    ]
