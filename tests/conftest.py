"""What holds for every test: how hypothesis draws its examples.

A busy machine is no fault of the code, so no example has a deadline; bounds on time are tests of their own.
``make fuzz`` draws many more examples than the suite does.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("suite")
