"""Imports every place and compiles every template, as a server does soon after startup."""

from dashboard.pages.warm_up import load_places

load_places()
