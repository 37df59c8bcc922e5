"""Declared outages, with their messages, alerts and dossiers, and official announcements."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
