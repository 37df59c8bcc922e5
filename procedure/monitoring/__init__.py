"""Probe results: targets, outcomes, confirmed statuses, downtimes, sums and services.

A probe tries to reach a target from a vantage: the server or a workstation. The outcome of a probe
is also called a reading of the target.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
