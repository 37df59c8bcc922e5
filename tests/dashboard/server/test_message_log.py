"""Bokeh's log of a failed message says where it failed, and quotes nothing from the message."""

import logging

import pytest

from dashboard.server.message_log import LOGGERS, hide_content

SECRET = "SLSP204518377"


@pytest.mark.parametrize("name", LOGGERS)
def test_hide_content_logs_errors_without_the_message(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    hide_content()
    hide_content()
    logger = logging.getLogger(name)
    try:
        int(SECRET)
    except ValueError:
        logger.exception("error handling message\n message: %r", SECRET)
    logger.error("Bokeh Server internal error: %s, closing connection", SECRET)
    logger.info("WebSocket connection opened")
    texts = [record.getMessage() for record in caplog.records]
    assert SECRET not in caplog.text
    assert texts[0].startswith(
        "A page's message could not be handled: ValueError (test_message_log.py:"
    )
    assert texts[1:] == ["A page sent something that is not a message: closing its websocket"]
