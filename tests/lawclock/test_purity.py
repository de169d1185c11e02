"""The arithmetic runs without Django."""

from __future__ import annotations

import subprocess
import sys

PURE = (
    "arithmetic",
    "articles",
    "calendars",
    "counting",
    "deadlines",
    "limits",
    "narration",
    "policies",
    "regimes",
)


def test_the_law_clock_counts_without_django() -> None:
    imports = ", ".join(f"suqing.lawclock.{name}" for name in PURE)
    code = f"import sys, {imports}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
