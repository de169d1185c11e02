"""One way to tell a result: on the screen, and with --record as a row of docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def times(action: Callable[[], object], repeats: int) -> list[float]:
    """Milliseconds of each repeat."""
    found = []
    for _repeat in range(repeats):
        began = perf_counter()
        action()
        found.append((perf_counter() - began) * 1000)
    return found


def spread(milliseconds: Sequence[float]) -> str:
    """The middle one and the one that five of a hundred exceed."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms"


def machine() -> str:
    """Cores, processor, memory, Python, and how busy others keep it."""
    cpu = platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {cpu}, {memory:.0f} GB, Python {platform.python_version()}, load {load:.1f}"


def tell(name: str, size: str, figures: Sequence[str]) -> None:
    """Print the figures; with --record add a row to the page."""
    for figure in figures:
        print(f"{name} · {size} · {figure}", flush=True)
    if "--record" in sys.argv:
        day = datetime.now(UTC).date()
        row = f"| {day} | `benchmarks/{name}.py` | {size} | {'<br>'.join(figures)} | {machine()} |\n"
        with PAGE.open("a", encoding="utf-8") as page:
            page.write(row)
