"""The script that `panel serve dashboard` runs whenever a page is opened."""

from dashboard.pages.open_pages import open_page

open_page()
