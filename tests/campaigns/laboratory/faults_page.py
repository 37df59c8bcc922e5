"""`docs/faults.md`, written from the laboratory's table: run this file to write it anew."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.translations import language
from dashboard.translations.outcome_messages import outcome_sentence
from procedure.monitoring.model import Outcome
from tests.campaigns.laboratory.faults import FAULTS, Fault

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
HEAD = """\
# Causes of a failed probe

What a single attempt is recorded as, and the sentence that the page shows (in English here).
Whether a target is down is judged over several attempts ([diagnosis](diagnosis.md)). The limit is
10 s, or `RELAIS_PROBE_TIMEOUT`. Each case is built with real sockets in
`tests/campaigns/laboratory/`; `python -m tests.campaigns.laboratory.faults_page` writes this page.

- A redirect to a login is *up, reserved*: single sign-on anywhere, a plain `/login` on the target's
  own site, on its `login_hosts`, or anywhere for a target marked `reserved`.
- A success from a host of another site that is not in `allowed_hosts` is a captive portal. One that
  answers a plain http address itself is found only with `must_contain`.
- The body of an HTTP error is not waited for. A body counts up to 4 MiB, unpacked.
- A certificate must name its host in `subjectAltName`, as browsers demand. HTTP that Chromium
  repairs is no fault.
- Out of sockets or memory on the server, the status is `unknown`.

| status | cause | phase | shown | what happened |
|---|---|---|---|---|
"""


def example(fault: Fault) -> Outcome:
    """The outcome of a fault as it would be under the usual limit."""
    return Outcome(
        "target",
        f"http://{fault.host}/",
        "server",
        AT,
        fault.status,
        cause=fault.cause,
        phase=fault.phase,
        http_status=fault.http_status,
        final_url=f"http://{fault.host}/",
        latency_ms=10_000,
        reserved=fault.reserved,
        detail=fault.detail,
        expires=AT + timedelta(days=13 if fault.expires_soon else 90),
    )


def page() -> str:
    cases: dict[tuple[str, ...], list[str]] = {}
    for fault in FAULTS.values():
        status = f"{fault.status}, reserved" if fault.reserved else fault.status
        sentence = outcome_sentence(example(fault), language("en"))
        cells = (status, fault.cause or "–", fault.phase or "–", sentence)
        cases.setdefault(cells, []).append(fault.what)
    return HEAD + "".join(
        f"| {' | '.join(cells)} | {'; '.join(causes)} |\n" for cells, causes in cases.items()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
