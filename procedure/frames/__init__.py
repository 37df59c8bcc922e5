"""Records as tidy pandas frames: the single source for tables, summaries, files and notebooks.

In every frame, times are `datetime64[us, UTC]` (missing: NaT), local dates are `datetime64[us]`,
and durations are `timedelta64[us]`. Latencies and the durations of a probe's phases are `float64`
in milliseconds (missing: NaN). Keys and names are `str`, and flags are `bool`, or `boolean` if some
may be missing. A column that can contain only a few words is categorical, with all of these words
as categories. An empty frame has the same columns and dtypes as one with rows.

`frame["at"].dt.tz_convert("Europe/Zurich")` gives local times.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
