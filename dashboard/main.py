"""Run by `panel serve dashboard` for every page that is opened."""

from dashboard.pages.open_pages import open_page

open_page()
