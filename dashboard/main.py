"""What `panel serve dashboard` runs for every page that is opened."""

from dashboard.app import page

page().servable(title="Relais")
