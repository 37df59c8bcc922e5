"""Every place imported and every template compiled, as a server has them a minute after its start."""

from dashboard.pages.warm_up import load_places

load_places()
