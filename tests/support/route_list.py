"""Runs a command that serves, with `/routes`, which lists the patterns of the running server.

Usage: python -m tests.support.route_list MODULE ARGUMENT…
"""

import runpy
import sys
from collections.abc import Iterator
from typing import Any

from bokeh.server.urls import toplevel_patterns
from tornado.routing import Rule

from dashboard.core.authorised_handler import AuthorisedHandler


def rules(router: Any) -> Iterator[Rule]:
    """Give the rules of a router and of those in it."""
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from rules(rule.target)
        else:
            yield rule


def inherited(application: Any) -> list[str]:
    """The patterns whose handlers do not say themselves what they need, without the prefix."""
    return sorted(
        {
            rule.matcher.regex.pattern.removesuffix("$").removeprefix(application.prefix)
            for rule in rules(application.default_router)
            if not issubclass(rule.target, AuthorisedHandler)
        }
    )


class Routes(AuthorisedHandler):
    """Answers with the list."""

    act = None

    def get(self) -> None:
        self.finish({"routes": inherited(self.application)})


if __name__ == "__main__":
    toplevel_patterns.append(("/routes", Routes))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
