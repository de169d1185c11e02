"""Child processes that read what strangers sent: no network is asked, time and memory have an end."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "isolated"
MOST_WRITTEN = 256 * 1024 * 1024  # bytes of one file


@dataclass(frozen=True, slots=True)
class Result:
    """What the child printed as JSON, if it came to a good end."""

    is_good: bool
    facts: dict[str, Any]
    said: str


def run(script: str, *arguments: str, seconds: int, memory: int, threads: int = 1) -> Result:
    """Run a script of the folder ``isolated`` in a child that knows neither our settings nor our secrets."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "HOME": os.environ.get("TMPDIR", "/tmp"),
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        ended = subprocess.run(
            [sys.executable, "-I", str(FOLDER / script), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + 5,
            preexec_fn=_limits(seconds * threads, memory),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(False, {}, "timeout")
    said = ended.stderr.decode(errors="replace")[-2000:]
    if ended.returncode != 0:
        return Result(False, {}, said)
    try:
        return Result(True, json.loads(ended.stdout), said)
    except ValueError:
        return Result(False, {}, said)


def _limits(seconds: int, memory: int) -> Callable[[], None]:
    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.setsid()

    return lower
