"""Each removed route tells everybody what to use instead."""

import json

import pytest

from dashboard.server.removed_routes import REMOVED, removed_routes
from tests.support import http


@pytest.mark.parametrize("path", REMOVED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_removed_address_says_what_to_use_instead(path: str, method: str) -> None:
    body = "{}" if method == "POST" else None
    answer = http.ask(removed_routes(), path, method=method, body=body)
    error = f"this address was removed in 1.0.0: {REMOVED[path]}"
    assert (answer.code, json.loads(answer.body)) == (410, {"error": error})
