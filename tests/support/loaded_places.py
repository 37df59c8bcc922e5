"""Imports the dashboard's places and compiles the templates, as a server does after startup."""

from dashboard.pages.warm_up import load_places

load_places()
