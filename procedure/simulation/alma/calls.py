"""The parts shared by all API calls: the request, the answer, and the account named by a path."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import Body
from procedure.simulation.alma.world import AlmaUser, World

BASE = r"/almaws/v1"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request to the API; `query` and `body` contain fields by name.

    `path` is as sent, and `base` is the part of the URL before it. `zone` is the zone that the
    request's key belongs to: `institution` or `network`.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Body
    zone: str
    base: str
    now: datetime

    def coded(self, name: str) -> str:
        """Return a code from the body, such as `MAIL` from `{"circ_desk": {"value": "MAIL"}}`.

        In XML, the element contains the code itself: `<circ_desk>MAIL</circ_desk>`.
        """
        value: object = self.body.get(name)
        if isinstance(value, Mapping):
            value = cast("Mapping[str, object]", value).get("value")
        return "" if value is None else str(value)

    def op(self, *known: str) -> str:
        """Return the operation from the query.

        Raises:
            ApiRefusal: 402220, the query has no operation; 402221, the operation is not in `known`
                ([C: cu-library's toolkit] for jobs, [I] for other calls).
        """
        op = self.query.get("op", "")
        if op not in known:
            raise ApiRefusal("402221" if op else "402220", op)
        return op

    def page(self, rows: Sequence[_T]) -> list[_T]:
        """Return the requested page: `limit` rows (by default 10, at most 100) from `offset` [D].

        Raises:
            ApiRefusal: 401652, `offset` or `limit` is not a number.
        """
        limit, offset = self._number("limit", 10), self._number("offset", 0)
        return list(rows[offset : offset + min(limit, 100)])

    def _number(self, name: str, usual: int) -> int:
        text = self.query.get(name, str(usual))
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ApiRefusal("401652")
        return int(text)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer: `body`, which would be the element `root` in XML, or a redirect to `location`.

    `effect` describes any change that was made, without naming a user.
    """

    body: Body
    root: str = "result"
    location: str = ""
    effect: str = ""
    status: int = 200


Call = Callable[[World, ApiCall, Sequence[str]], ApiAnswer]
Calls = tuple[tuple[str, re.Pattern[str], Call], ...]


def user_of(world: World, call: ApiCall, identifier: str, code: str = "401861") -> AlmaUser:
    """Return the account that has this identifier, of any type [D: user_id_type is all_unique].

    Raises:
        ApiRefusal: there is no such account; the refusal has the given `code`.
    """
    users = world.network_users if call.zone == "network" else world.users
    user = users.get(identifier)
    if user is None:
        raise ApiRefusal(code, identifier)
    return user
