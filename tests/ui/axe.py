"""Runs axe-core on a page, to find violations of WCAG 2.2 A and AA and of best practices."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Return each violated rule, with the element and the proposed fixes."""
    page.evaluate(AXE)
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS
    )
    return [
        f"{row['id']}: {node['target']} {node['failureSummary']}"
        for row in result["violations"]
        for node in row["nodes"]
    ]
