"""What `panel serve dashboard` runs for every page that is opened."""

from dashboard.app import open_page

open_page()
