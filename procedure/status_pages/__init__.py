"""Parsing of status pages in each known format, and planned work; it does not use the network."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
