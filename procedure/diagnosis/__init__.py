"""Locates the fault and suggests answers from the evidence; scenarios exercise both.

A suggestion never answers in a person's place.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
