"""Processes on the test database that die in the middle of their work, as a machine without power does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from django.db import connection

from suqing.config.places import ROOT


def started(script: str, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Run a script as a process of its own on the database of the test; ``settings`` join its environment."""
    at = connection.settings_dict
    url = f"postgresql:///{at['NAME']}?host={at['HOST']}&port={at['PORT']}&user={at['USER']}"
    if at.get("PASSWORD"):
        url += f"&password={at['PASSWORD']}"
    here = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "suqing.config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, env=os.environ | here | (settings or {}), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def killed_until_finished(
    script: str,
    *arguments: str,
    lines: tuple[int, int],
    pause: float = 0.03,
    seed: int = 15,
    told: Sequence[str] = ("written",),
    settings: Mapping[str, str] | None = None,
) -> int:
    """Kill the script again and again, each time after some of the lines it tells, until one ends; return the deaths.

    ``lines`` are the fewest and the most lines before a death, ``pause`` the longest wait after them in seconds.
    """
    rng, deaths = random.Random(seed), 0
    while True:
        process = started(script, *arguments, settings=settings)
        assert process.stdout is not None
        said = ""
        for _line in range(rng.randint(*lines)):
            said = process.stdout.readline().strip()
            if said not in told:
                break
        if said == "finished" or not said:
            process.communicate(timeout=60)
            assert process.returncode == 0
            return deaths
        time.sleep(rng.random() * pause)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        deaths += 1
