"""The bodies of requests and answers, as JSON."""

import json
from collections.abc import Mapping
from typing import Any, cast

from procedure.simulation.alma.refusals import ApiRefusal

JSON = "application/json;charset=UTF-8"


class JsonBodies:
    """Reads and writes JSON. Alma's XML, which Relais does not ask for, is added by a test."""

    def read(self, content: bytes, content_type: str) -> Mapping[str, Any]:
        """Return the fields of a request's body; empty where there is none.

        Raises:
            ApiRefusal: 401652, it is no JSON. The code is not published [I].
        """
        del content_type
        if not content.strip():
            return {}
        try:
            decoded: object = json.loads(content)
        except (ValueError, RecursionError):
            raise ApiRefusal("401652") from None
        return cast("Mapping[str, Any]", decoded) if isinstance(decoded, dict) else {}

    def write(
        self, body: Mapping[str, Any], root: str, accept: str, query_format: str
    ) -> tuple[str, str]:
        """Return the content type and the text of an answer; `root` names it in XML."""
        del root, accept, query_format
        return JSON, json.dumps(body)
