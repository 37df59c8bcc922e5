"""Imports every place and compiles every template, as a server does in its first minute."""

from dashboard.pages.warm_up import load_places

load_places()
