"""Diagnosis of outages, and suggested answers to the guide's questions.

A suggested answer must be confirmed by staff.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
