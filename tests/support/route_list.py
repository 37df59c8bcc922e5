"""`relais` and `panel` with a page that lists the URLs whose handlers declare no permission."""

from collections.abc import Iterator
from typing import Any

from bokeh.server.urls import toplevel_patterns
from panel.command import main as panel_main
from tornado.routing import Rule

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.entry_point import main


def rules(router: Any) -> Iterator[Rule]:
    """Yield the rules of a router and its nested routers."""
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from rules(rule.target)
        else:
            yield rule


def inherited(application: Any) -> list[str]:
    """Return the URL patterns of handlers that declare no permission, without the prefix."""
    return sorted(
        {
            rule.matcher.regex.pattern.removesuffix("$").removeprefix(application.prefix)
            for rule in rules(application.default_router)
            if not issubclass(rule.target, AuthorisedHandler)
        }
    )


class Routes(AuthorisedHandler):
    """Answers with the URL patterns of the handlers that declare no permission."""

    permission = None

    def get(self) -> None:
        self.finish({"routes": inherited(self.application)})


def relais_with_routes() -> None:
    toplevel_patterns.append(("/routes", Routes))
    main()


def panel_with_routes() -> None:
    toplevel_patterns.append(("/routes", Routes))
    panel_main()
