"""The log as one JSON object a line, for programs that collect logs (`RELAIS_LOG=json`)."""

from __future__ import annotations

import logging


def write_json() -> None:
    """Let the handlers of the process, and Panel's, write JSON; add one if there is none.

    Each line has `at` (UTC), `level`, `logger` and `event`, and `exception` where there is one: the
    text of the traceback, without the values of variables.
    """
    # A third of a tenth of a second, for those who ask for it.
    from structlog import processors, stdlib  # noqa: PLC0415

    formatter = stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            stdlib.add_log_level,
            stdlib.add_logger_name,
            processors.TimeStamper(fmt="iso", utc=True, key="at"),
            processors.format_exc_info,
        ],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        root.setLevel(logging.INFO)
    for logger in (root, logging.getLogger("panel")):
        for handler in logger.handlers:
            handler.setFormatter(formatter)
