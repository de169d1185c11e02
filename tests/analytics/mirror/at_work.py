"""A centre with a mirror that processes of their own work on, and one that is killed at a chosen moment."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from django.conf import settings

from suqing.analytics.actions.mirror_building import BeingBuilt
from suqing.analytics.models import Touched
from suqing.cases.models import Case
from tests.analytics.days import MONDAY, food_report, hotel_complaint, mask_report, moment, question, take
from tests.cast import Cast
from tests.dying import started

Answer = TypeVar("Answer")

# What a process does that is to be killed: it tells when it has come to the place, and waits there.
STOPPING_AFTER = """
import sys, time, django
django.setup()
from importlib import import_module
place, step = sys.argv[1:3]
module, _, name = place.rpartition(".")
holder, _, owner = module.rpartition(":")
target = getattr(import_module(holder), owner) if owner and holder else import_module(module)
inner = getattr(target, name)
times = int(sys.argv[3])
def told(*given, **more):
    global times
    done = inner(*given, **more)
    times -= 1
    if times == 0:
        print("here", flush=True)
        time.sleep(60)
    return done
setattr(target, name, told)
module, _, name = step.rpartition(".")
getattr(import_module(module), name)()
print("finished", flush=True)
"""
# The same, but it goes on when it has told: it dies a little later, in the middle of writing.
GOING_ON_BEFORE = (
    STOPPING_AFTER.replace("done = inner(*given, **more)", "pass")
    .replace("time.sleep(60)", "pass")
    .replace("return done", "return inner(*given, **more)")
)
ACTIONS = "suqing.analytics.actions"
EPOCH = "suqing.analytics.mirror.epoch:Epoch"


def make_cases(cast: Cast) -> None:
    """Thirty cases of two months."""
    for day in range(0, 60, 6):
        at = moment(MONDAY - timedelta(days=day))
        take(cast, at, mask_report(), hotel_complaint(), (food_report, question)[day // 6 % 2]())


def change_some(rng: Random, count: int) -> None:
    """Change cases, one commit each: other goods, some of another month, one gone."""
    keys = list(Case.objects.values_list("pk", "received_at"))
    for number in range(count):
        key, received = rng.choice(keys)
        moved = received - timedelta(days=rng.choice((0, 0, 40)))
        Case.objects.filter(pk=key).update(goods=f"口罩{number}", received_at=moved)


def mirroring(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process that works on the mirror and the database of the test."""
    return started(script, *arguments, settings={"SUQING_MIRROR": str(settings.SUQING_MIRROR)})


def killed_after(place: str, step: str, *, times: int = 1) -> None:
    """Run a step in a process of its own, and kill it as soon as it comes out of a place for the nth time."""
    process = mirroring(STOPPING_AFTER, place, step, str(times))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here", "the step ended before it came to the place"
    _kill(process)


def killed_within(place: str, step: str, *, seconds: float) -> bool:
    """Run a step and kill it so many seconds after it went into a place; return whether it had not ended yet."""
    process = mirroring(GOING_ON_BEFORE, place, step, "1")
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    time.sleep(seconds)
    return "finished" not in _kill(process)


def _kill(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGKILL)
    said, _errors = process.communicate(timeout=60)
    return said


def once_free(step: Callable[[], Answer | None]) -> Answer:
    """What the step answers when the lock of a process that was killed has fallen with its connection."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(BeingBuilt):
            if (answer := step()) is not None:
                return answer
        time.sleep(0.05)
    raise AssertionError("the lock is still held")


def nothing_waits() -> bool:
    """Whether every change was fed and none is kept."""
    return not Touched.objects.exists()


def folders() -> set[str]:
    """The folders of mirrors that lie there."""
    return {one.name for one in Path(settings.SUQING_MIRROR).iterdir() if one.is_dir()}
