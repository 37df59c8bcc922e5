"""The response to an unknown path: a page for browsers, a line for programs."""

from tornado.web import ErrorHandler

from dashboard.translations import accepted_languages, offered_language
from dashboard.ui.templating import asset_url, render


class NotFound(ErrorHandler):
    """Responds with 404; browsers receive a page in their language."""

    def initialize(  # pyright: ignore[reportIncompatibleMethodOverride]  # called with the route's arguments
        self, status_code: int, usual: str
    ) -> None:
        """Store the status and the default language."""
        super().initialize(status_code)
        self._usual = usual

    def write_error(self, status_code: int, **values: object) -> None:
        accepts = self.request.headers
        if "text/html" not in accepts.get("Accept", ""):
            super().write_error(status_code, **values)
            return
        asked = self.get_query_argument("lang", self.get_cookie("relais_language") or "")
        browser = accepted_languages(accepts.get("Accept-Language", ""))
        up = "../" * (self.request.path.count("/") - 1) or "./"
        page = render(
            "access/not_found",
            offered_language(asked, *browser, self._usual),
            asset=lambda name: up + asset_url(name),
            up=up,
        )
        self.finish(page)
