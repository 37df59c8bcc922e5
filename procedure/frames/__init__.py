"""Records as tidy pandas frames: the single source for tables, summaries, files and notebooks.

In every frame, times are `datetime64[us, UTC]` (missing: NaT), durations `timedelta64[us]`, phases
and latencies `float64` in milliseconds (missing: NaN), keys and names `str`, and flags `bool`. A
column that can contain only a few words is categorical, with all of these words as categories. A
frame without rows has the same columns and dtypes as any other.

`frame["at"].dt.tz_convert("Europe/Zurich")` gives local times.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
