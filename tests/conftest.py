"""How long the property tests look: `HYPOTHESIS_PROFILE=nightly` looks twenty times longer."""

from __future__ import annotations

import os

from hypothesis import settings

# Time is no verdict on a machine that others use too.
settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
