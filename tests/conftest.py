"""What holds for every test: how hypothesis draws its examples, and which skips a full proof does not allow.

A busy machine is no fault of the code, so no example has a deadline; bounds on time are tests of their own.
``make fuzz`` draws many more examples than the suite does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("suite")

WHAT_CI_HAS = re.compile(r"namespace|is not installed|^ip ")
"""Reasons of skips that .ci/run can meet: it is root, and has installed every program."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HIKSWEEP_REQUIRE_NETNS=1 a test that is skipped for want of a namespace or a program has failed."""
    report = yield
    if (
        report.skipped
        and os.environ.get("HIKSWEEP_REQUIRE_NETNS") == "1"
        and isinstance(report.longrepr, tuple)
    ):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if WHAT_CI_HAS.search(reason):
            report.outcome = "failed"
            report.longrepr = f"HIKSWEEP_REQUIRE_NETNS=1, so this is no reason to skip: {reason}"
    return report
