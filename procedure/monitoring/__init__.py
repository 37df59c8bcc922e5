"""What the probes find: targets, outcomes, confirmed status, downtime, roll-ups and services.

The probing itself is in `procedure.io.http`, why a target is down in `procedure.diagnosis`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
