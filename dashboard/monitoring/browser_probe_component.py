"""Makes the workstation a vantage: its browser probes the targets."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent


class BrowserProbe(JSComponent):
    """Probes every target at intervals; each round calls `on_round(probes, age_ms)`.

    A probe is a mapping with the keys `target`, `url`, `answered`, `late` and `ms`. Rounds
    completed while the server is unreachable are reported later, with their age. A hidden tab does
    not probe.
    """

    targets = param.List(default=[], doc="The targets, as mappings with a `key` and a `url`.")
    interval_ms = param.Integer(default=600_000, doc="The time between rounds, in milliseconds.")
    asked = param.Integer(default=0, doc="Incremented to request a round within seconds.")
    timeout_ms = param.Integer(
        default=10_000, doc="The time after which a probe gives up, in milliseconds."
    )

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")

    def __init__(
        self, on_round: Callable[[list[Mapping[str, object]], float], None], **params: object
    ) -> None:
        super().__init__(**params)
        self._on_round = on_round

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, Mapping) or data.get("kind") != "round":
            return
        probes, age = data.get("looks"), data.get("age_ms")
        if isinstance(probes, list) and isinstance(age, int | float) and 0 <= age < 86_400_000:
            self._on_round(
                [probe for probe in probes[:50] if isinstance(probe, Mapping)], float(age)
            )
