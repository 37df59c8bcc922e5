"""The response at an unknown address: a page for people, a line for programs."""

from tornado.web import ErrorHandler

from dashboard.translations import accepted_languages, offered_language
from dashboard.ui.templating import asset_url, render


class NotFound(ErrorHandler):
    """404, as a page in the browser's language if a browser asks."""

    def initialize(self, status_code: int, usual: str) -> None:
        """Take the status, and the default language code."""
        super().initialize(status_code)
        self._usual = usual

    def write_error(self, status_code: int, **values: object) -> None:
        """Answer a browser with a page, other clients like tornado."""
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
