"""The stand-in on a port: Tornado handlers over a world, a gate, and a switch for faults."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeVar, cast

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from procedure.simulation.alma.api import answer
from procedure.simulation.alma.calls import ApiAnswer, ApiCall
from procedure.simulation.alma.formats import read_body, wants_json, written
from procedure.simulation.alma.gate import Misbehaviour, RequestGate
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.upload import UploadJob
from procedure.simulation.alma.world import Stock, World

Now = Callable[[], datetime]
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class FakeAlma:
    """A world behind a gate. `automatic` is the block preference during an upload."""

    world: World = field(default_factory=lambda: World(Stock()))
    gate: RequestGate = field(default_factory=RequestGate)
    now: Now = _clock
    automatic: bool = False

    def upload(self, desk: str, content: bytes, name: str = "OffCirc.dat") -> str:
        """Apply an offline file at a desk, and return the job's report.

        Raises:
            LookupError: there is no such desk; Alma shows the page only at a desk [D].
        """
        job = UploadJob(self.world, self.world.desks[desk], self.now(), automatic=self.automatic)
        return str(job.run(content, name))

    def listen(self, port: int, address: str = "127.0.0.1") -> tuple[HTTPServer, int]:
        """Serve on the running loop; return the server and its port (a free one when 0)."""
        server = HTTPServer(application(self))
        sockets = bind_sockets(port, address)
        server.add_sockets(sockets)
        return server, sockets[0].getsockname()[1]


def application(standin: FakeAlma) -> Application:
    """Return the handlers: `/almaws/…` as Alma, `/standin/…` for whoever drives it."""
    parts: dict[str, Any] = {"standin": standin}
    return Application(
        [
            (r"/almaws/.*", _Api, parts),
            (r"/standin/upload", _Upload, parts),
            (r"/standin/faults", _Faults, parts),
            (r"/standin/world", _World, parts),
            (r"/standin/counts", _Counts, parts),
        ],
        default_handler_class=_Api,  # a path that is none of Alma's has Alma's answer too
        default_handler_args=parts,
        log_function=_quiet,
    )


def _quiet(handler: RequestHandler) -> None:
    """Write no line of a log for a request: its address holds an identifier."""
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
        """Log where it failed, without the address and the message: both may hold an identifier."""
        if typ is not None and not isinstance(value, HTTPError):
            frames = "".join(traceback.format_tb(tb))
            _log.error("the stand-in failed: %s\n%s", typ.__name__, frames)

    def write_error(self, status_code: int, **more: Any) -> None:
        """Say that the request cannot be answered; what went wrong is in the log."""
        del status_code, more
        self.set_status(400)
        self.say("The stand-in cannot answer this request.\n")

    def say(self, body: str | Mapping[str, Any] | None) -> None:
        """End the answer with a text, with an object as JSON, or with nothing."""
        end = cast("Callable[[object], object]", self.finish)  # pyright: ignore[reportUnknownMemberType]
        end(dict(body) if isinstance(body, Mapping) else body)

    def read(self, kind: type[_T]) -> _T | None:
        """Read the body as JSON of a type; say what is wrong and return None where it is not."""
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except msgspec.DecodeError as fault:
            self.set_status(400)
            self.say(f"{fault}\n")
            return None


class _Api(_Handler):
    """Alma's own calls; whatever the method, through the gate first."""

    async def prepare(self) -> None:
        gate = self.standin.gate
        key = self.request.headers.get("Authorization", "").removeprefix("apikey ").strip()
        key = key or self._query.get("apikey", "")  # [D] either will do
        method, path = self.request.method or "", self.request.path
        try:
            fault = gate.admit(method, path, key, asyncio.get_running_loop().time())
            if fault is not None and await self._misbehave(fault):
                return
            done = answer(self.standin.world, self._asked(gate.zone_of(key)))
        except ApiRefusal as refused:
            self._refuse(refused)
            return
        self._finish_call(done, fault)

    def write_error(self, status_code: int, **more: Any) -> None:
        """Answer whatever went wrong with Alma's body for it, never with a page of Tornado's."""
        del more
        unknown = status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self._refuse(ApiRefusal("INVALID_REQUEST" if unknown else "401652"))

    @property
    def _query(self) -> dict[str, str]:
        arguments = cast("Mapping[str, list[bytes]]", self.request.query_arguments)
        return {name: values[-1].decode("utf-8", "replace") for name, values in arguments.items()}

    def _asked(self, zone: str) -> ApiCall:
        request = self.request
        return ApiCall(
            (request.method or "").upper(),
            request.path,
            self._query,
            read_body(request.body, request.headers.get("Content-Type", "")),
            zone,
            f"{request.protocol}://{request.host}",
            self.standin.now(),
        )

    async def _misbehave(self, fault: Misbehaviour) -> bool:
        """Show a fault that comes before the work; tell whether the answer is given with it."""
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return False
        if fault.kind == "drop_before":
            self.detach().close()
            return True
        if fault.kind == "drop_after":
            return False
        status, kind, body = _BODIES[fault.kind]
        self.set_status(status)
        self.set_header("Content-Type", kind)
        self.say(body)
        return True

    def _finish_call(self, done: ApiAnswer, fault: Misbehaviour | None) -> None:
        if done.effect:
            self.standin.gate.effects.append(done.effect)
        if fault is not None and fault.kind == "drop_after":
            self.detach().close()
        elif done.location:
            self._count_down()
            self.redirect(done.location)
        else:
            self._send(done.body, done.root, done.status)

    def _refuse(self, refused: ApiRefusal) -> None:
        self._send(refused.body, "web_service_result", refused.status)

    def _send(self, body: Mapping[str, Any], root: str, status: int) -> None:
        self.set_status(status)
        self._count_down()
        if status == HTTPStatus.NO_CONTENT:
            self.say(None)
            return
        as_json = wants_json(self.request.headers.get("Accept", ""), self._query.get("format", ""))
        kind, text = written(body, root, as_json=as_json)
        self.set_header("Content-Type", kind)
        self.say(text)

    def _count_down(self) -> None:
        # [D] How many calls are left until midnight.
        self.set_header("X-Exl-Api-Remaining", str(self.standin.gate.remaining))


# [C: almapy] Bodies may be HTML, empty, plain text, or have `error` as a bare object.
_BODIES: Mapping[str, tuple[int, str, str]] = {
    "html_500": (500, "text/html", "<html><body><h1>Internal Server Error</h1></body></html>"),
    "empty_500": (500, "text/html", ""),
    "plain_503": (503, "text/plain", "Service Temporarily Unavailable"),
    "bare_error": (
        400,
        "application/json",
        '{"errorsExist": true, "errorList": {"error": {"errorCode": "401652", '
        '"errorMessage": "General error", "trackingId": "E01"}}, "result": null}',
    ),
    "odd_json": (200, "application/json", '[{"what": null}]'),
    "too_many": (
        429,
        "application/json",
        '{"errorsExist": true, "errorList": {"error": [{"errorCode": "PER_SECOND_THRESHOLD", '
        '"errorMessage": "HTTP requests are more than allowed per second"}]}, "result": null}',
    ),
}


class _Upload(_Handler):
    """`POST /standin/upload?desk=CODE`: the file as the body, the report as the answer."""

    def post(self) -> None:
        name = self.get_query_argument("name", "OffCirc.dat")
        desk = self.get_query_argument("desk", "")
        if desk not in self.standin.world.desks:
            known = ", ".join(self.standin.world.desks) or "none: load a world first"
            self.set_status(400)
            self.say(f"There is no circulation desk {desk!r}; known: {known}\n")
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.say(self.standin.upload(desk, self.request.body, name))


class _Faults(_Handler):
    """`PUT /standin/faults`: a JSON list of faults that replaces the present ones."""

    def put(self) -> None:
        faults = self.read(list[Misbehaviour])
        if faults is not None:
            self.standin.gate.faults = faults
            self.say({"faults": len(faults)})


class _World(_Handler):
    """`PUT /standin/world`: a JSON `Stock` that replaces the present one."""

    def put(self) -> None:
        stock = self.read(Stock)
        if stock is not None:
            world = self.standin.world = World(stock)
            names = ("items", "desks", "loans")
            self.say({name: len(getattr(world, name)) for name in names})


class _Counts(_Handler):
    """`GET /standin/counts`: how many requests came, and each effect in its order."""

    def get(self) -> None:
        gate = self.standin.gate
        counts = {"requests": sum(gate.requests.values()), "effects": gate.effects}
        self.say({**counts, "remaining": gate.remaining})
