"""The script that `panel serve dashboard` runs for every page that is opened."""

from dashboard.pages.open_pages import open_page

open_page()
