"""The server compresses files for browsers that accept it, and lets browsers cache them."""

import pytest

from tests.dashboard.server.test_request_filter import serving

GZIP = ("Host: localhost:PORT", "Accept-Encoding: gzip")
PLAIN = ("Host: localhost:PORT",)
FILES = (
    "/static/js/bokeh.min.js",
    "/static/extensions/panel/panel.min.js",
    "/dashboard/assets/page.js",
    "/dashboard/assets/relais.css",
)


@pytest.mark.parametrize("path", FILES)
async def test_file_is_sent_compressed_or_plain_once(path: str) -> None:
    async with serving() as server:
        status, headers, body = await server.ask(f"{path}?v=1", *GZIP)
        plain = await server.ask(path, *PLAIN)
        again = await server.ask(path, *GZIP, f"If-None-Match: {headers['Etag']}")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert headers["Vary"] == "Accept-Encoding"
    assert int(headers["Cache-Control"].removeprefix("max-age=")) > 1_000_000
    assert "Content-Encoding" not in plain[1]
    assert len(body) < len(plain[2]) / 2
    assert headers["Etag"] != plain[1]["Etag"]
    assert again[0] == 304
