"""`docs/faults.md`, written from the laboratory's table: run this file to write it anew."""

from pathlib import Path

from tests.campaigns.laboratory.faults import FAULTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
HEAD = """\
# Causes of a failed probe

What a single attempt is recorded as. Whether a target is down is judged over several attempts
([diagnosis](diagnosis.md)). Each case is built with real sockets in `tests/campaigns/laboratory/`;
`python -m tests.campaigns.laboratory.faults_page` writes this page.

- A redirect to a login is *up, reserved*: single sign-on anywhere, a plain `/login` on the target's
  own site, on its `login_hosts`, or anywhere for a target marked `reserved`.
- A success from a host of another site that is not in `allowed_hosts` is a captive portal. One that
  answers a plain http address itself is found only with `must_contain`.
- The body of an HTTP error is not waited for. A body counts up to 4 MiB, unpacked. The limit is
  10 s, or `RELAIS_PROBE_TIMEOUT`.
- A certificate must name its host in `subjectAltName`, as browsers demand. HTTP that Chromium
  repairs is no fault.
- Out of sockets or memory on the server, the status is `unknown`.

| status | cause | what happened |
|---|---|---|
"""


def page() -> str:
    cases: dict[tuple[str, str], list[str]] = {}
    for fault in FAULTS.values():
        status = f"{fault.status}, reserved" if fault.reserved else fault.status
        cases.setdefault((status, fault.cause or "–"), []).append(fault.what)
    return HEAD + "".join(
        f"| {status} | {cause} | {'; '.join(what)} |\n" for (status, cause), what in cases.items()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
