"""Serves the simulated Alma over HTTP with Tornado."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import TypeVar, cast

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from procedure.io.clock import utc_now
from procedure.simulation.alma.api import CALLS, answer
from procedure.simulation.alma.calls import ApiAnswer, ApiCall, Calls
from procedure.simulation.alma.exports import items_csv, users_xml
from procedure.simulation.alma.offline_upload import UploadJob
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.request_gate import FAULT_BODIES, Misbehaviour, RequestGate
from procedure.simulation.alma.shapes import Body, JsonBodies
from procedure.simulation.alma.world import Stock, World

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass
class FakeAlma:
    """A simulated Alma; with `automatic`, uploads handle blocks automatically.

    `calls` are the API calls that it answers, by default those that Relais makes. `bodies` is their
    format, by default JSON.
    """

    world: World = field(default_factory=lambda: World(Stock()))
    gate: RequestGate = field(default_factory=RequestGate)
    now: Callable[[], datetime] = utc_now
    automatic: bool = False
    calls: Calls = CALLS
    bodies: JsonBodies = field(default_factory=JsonBodies)

    def upload(self, desk: str, content: bytes, name: str = "OffCirc.dat") -> str:
        """Apply an offline file at a desk, and return the job's report.

        Raises:
            LookupError: there is no such desk; Alma shows the upload page only at a desk [D].
        """
        job = UploadJob(self.world, self.world.desks[desk], self.now(), automatic=self.automatic)
        return str(job.run(content, name))

    def listen(self, port: int, address: str = "127.0.0.1") -> tuple[HTTPServer, int]:
        """Serve on the running event loop; return the server and its port.

        If `port` is 0, the server uses any free port.
        """
        server = HTTPServer(application(self))
        sockets = bind_sockets(port, address)
        server.add_sockets(sockets)
        return server, sockets[0].getsockname()[1]


def application(standin: FakeAlma) -> Application:
    """Return the application: `/almaws/…` acts as Alma, `/standin/…` controls the simulation."""
    parts: dict[str, object] = {"standin": standin}
    return Application(
        [
            (r"/almaws/.*", _Api, parts),
            (r"/standin/upload", _Upload, parts),
            (r"/standin/faults", _Faults, parts),
            (r"/standin/counts", _Counts, parts),
            (r"/standin/(users\.xml|items\.csv)", _Export, parts),
        ],
        default_handler_class=_Api,  # Alma answers unknown paths too
        default_handler_args=parts,
        log_function=_quiet,
    )


def _quiet(handler: RequestHandler) -> None:
    """Log nothing, because the request's URL may contain an identifier."""
    del handler


class _Handler(RequestHandler):
    standin: FakeAlma

    def initialize(self, standin: FakeAlma) -> None:
        self.standin = standin

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log the traceback without the URL or the message, which may contain an identifier."""
        if typ is not None and not isinstance(value, HTTPError):
            frames = "".join(traceback.format_tb(tb))
            _log.error("the stand-in failed: %s\n%s", typ.__name__, frames)

    def write_error(self, status_code: int, **more: object) -> None:
        """Answer that the request cannot be processed; the error is in the log."""
        del status_code, more
        self.set_status(400)
        self.send("The stand-in cannot answer this request.\n")

    def send(self, body: str | Body | None) -> None:
        """Finish the answer with a string, an object as JSON, or nothing."""
        end = cast("Callable[[object], object]", self.finish)  # pyright: ignore[reportUnknownMemberType]
        end(dict(body) if isinstance(body, Mapping) else body)

    def decode(self, kind: type[_T]) -> _T | None:
        """Return the JSON body as this type, or answer with the error and return None."""
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except msgspec.DecodeError as fault:
            self.set_status(400)
            self.send(f"{fault}\n")
            return None


class _Api(_Handler):
    """Answers Alma's own calls, with any method, once the request gate has admitted them."""

    async def prepare(self) -> None:
        gate = self.standin.gate
        # [D] The key may be in the header or in the query.
        key = self.request.headers.get("Authorization", "").removeprefix("apikey ").strip()
        key = key or self._query.get("apikey", "")
        method, path = self.request.method or "", self.request.path
        try:
            fault = gate.admit(method, path, key, asyncio.get_running_loop().time())
            if fault is not None and await self._apply_fault(fault):
                return
            done = answer(self.standin.world, self._api_call(gate.zone_of(key)), self.standin.calls)
        except ApiRefusal as refused:
            self._refuse(refused)
            return
        self._finish_call(done, fault)

    def write_error(self, status_code: int, **more: object) -> None:
        """Report an error in Alma's own format, never with Tornado's error page."""
        del more
        unknown = status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self._refuse(ApiRefusal("INVALID_REQUEST" if unknown else "401652"))

    @property
    def _query(self) -> dict[str, str]:
        arguments = cast("Mapping[str, list[bytes]]", self.request.query_arguments)
        return {name: values[-1].decode("utf-8", "replace") for name, values in arguments.items()}

    def _api_call(self, zone: str) -> ApiCall:
        request = self.request
        return ApiCall(
            (request.method or "").upper(),
            request.path,
            self._query,
            self.standin.bodies.read(request.body, request.headers.get("Content-Type", "")),
            zone,
            f"{request.protocol}://{request.host}",
            self.standin.now(),
        )

    async def _apply_fault(self, fault: Misbehaviour) -> bool:
        """Apply a fault that acts before the call; return whether the request ends there."""
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return False
        if fault.kind == "drop_before":
            self.detach().close()
            return True
        if fault.kind == "drop_after":
            return False
        status, kind, body = FAULT_BODIES[fault.kind]
        self.set_status(status)
        self.set_header("Content-Type", kind)
        self.send(body)
        return True

    def _finish_call(self, done: ApiAnswer, fault: Misbehaviour | None) -> None:
        if done.effect:
            self.standin.gate.effects.append(done.effect)
        if fault is not None and fault.kind == "drop_after":
            self.detach().close()
        elif done.location:
            self._set_remaining()
            self.redirect(done.location)
        else:
            self._send(done.body, done.root, done.status)

    def _refuse(self, refused: ApiRefusal) -> None:
        self._send(refused.body, "web_service_result", refused.status)

    def _send(self, body: Mapping[str, object], root: str, status: int) -> None:
        self.set_status(status)
        self._set_remaining()
        if status == HTTPStatus.NO_CONTENT:
            self.send(None)
            return
        accept, wanted = self.request.headers.get("Accept", ""), self._query.get("format", "")
        kind, text = self.standin.bodies.write(body, root, accept, wanted)
        self.set_header("Content-Type", kind)
        self.send(text)

    def _set_remaining(self) -> None:
        # [D] This is the number of requests left until midnight.
        self.set_header("X-Exl-Api-Remaining", str(self.standin.gate.remaining))


class _Upload(_Handler):
    """`POST /standin/upload?desk=CODE`: accepts a file as the body and answers with a report."""

    def post(self) -> None:
        name = self.get_query_argument("name", "OffCirc.dat")
        desk = self.get_query_argument("desk", "")
        if desk not in self.standin.world.desks:
            known = ", ".join(self.standin.world.desks) or "none: load a world first"
            self.set_status(400)
            self.send(f"There is no circulation desk {desk!r}; known: {known}\n")
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.send(self.standin.upload(desk, self.request.body, name))


class _Faults(_Handler):
    """`PUT /standin/faults`: replaces the current faults with a JSON list of faults."""

    def put(self) -> None:
        faults = self.decode(list[Misbehaviour])
        if faults is not None:
            self.standin.gate.faults = faults
            self.send({"faults": len(faults)})


class _Export(_Handler):
    """`GET /standin/users.xml` and `/standin/items.csv`: the exports of Alma's nightly jobs."""

    def get(self, name: str) -> None:
        export = users_xml if name == "users.xml" else items_csv
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.send("".join(export(self.standin.world)))


class _Counts(_Handler):
    """`GET /standin/counts`: the number of requests, their effects in order, and the quota left."""

    def get(self) -> None:
        gate = self.standin.gate
        counts = {"requests": sum(gate.requests.values()), "effects": gate.effects}
        self.send({**counts, "remaining": gate.remaining})
