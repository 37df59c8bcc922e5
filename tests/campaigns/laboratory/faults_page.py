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

What happened, what a probe makes of it, and the sentence shown. Each line is built with real
sockets in `tests/campaigns/laboratory/` and met by the real prober; a test keeps this page true
(`python -m tests.campaigns.laboratory.faults_page` writes it anew). The limit is 10 s here, as it is
unless `RELAIS_PROBE_TIMEOUT` says otherwise.

The raw status of one attempt stands here. Whether a target *is* down is judged over several
attempts: see `procedure/monitoring/board.py`.

Some rules behind the table, all in `procedure/monitoring/answer_rules.py` and `procedure/monitoring/answer_rules.py`:

- A redirect to a login is *up, content reserved*. Addresses of single sign-on (SAML, Shibboleth,
  edu-ID, ADFS, OAuth, …) are a login wherever they stand. A plain `/login` counts on the target's
  own site, on the hosts of its `login_hosts`, and anywhere for a target marked `reserved`.
- A success from a host of another site, which is no such login and not in the target's
  `allowed_hosts`, is a captive portal. On https a portal can only show a foreign certificate,
  which is `tls`. A portal that answers a plain http address itself, without a redirect, can only
  be recognised by its words: give such a target a `must_contain`.
- The head of an answer is judged first: the body of a 503 is not waited for.
- A target is asked with `Accept-Encoding: gzip`; a body counts up to 4 MiB, unpacked. One that
  ends too early (packed, chunked, or shorter than announced) is down, even if what came of it has
  the expected text.
- What Chromium opens is not down: a space before a header's colon or in its name, several spaces in
  the status line, and an empty Content-Length are repaired and noted as the detail.
- A certificate must name its host in `subjectAltName`, as browsers demand: OpenSSL alone would
  accept one with nothing but a common name.
- Out of sockets or memory here, the status is `unknown`: that says nothing about the target.

| what happened | status | cause | phase | in French | in English |
|---|---|---|---|---|---|
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


def line(fault: Fault) -> str:
    outcome = example(fault)
    entries = [outcome_sentence(outcome, language(code)) for code in ("fr", "en")]
    status = f"{fault.status}, reserved" if fault.reserved else fault.status
    cells = (fault.what, status, fault.cause or "–", fault.phase or "–", *entries)
    return f"| {' | '.join(cells)} |\n"


def page() -> str:
    return HEAD + "".join(line(fault) for fault in FAULTS.values())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
