"""Processes that end with the one that started them, whatever way that ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

SUPERVISED = "SUQING_SUPERVISOR"
_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 1.0


def end_with_supervisor(ending: signal.Signals = signal.SIGTERM) -> None:
    """Under a supervisor, tie this process to its parent: when that dies, this one gets ``ending``.

    Linux does it at once; elsewhere a thread looks every second.
    """
    if SUPERVISED not in os.environ:
        return
    parent = os.getppid()
    if sys.platform == "linux":
        # The signal comes when the thread that forked us ends: supervisors fork in their main thread.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, ending)
    threading.Thread(target=_watch, args=(parent, ending), name="watch the parent", daemon=True).start()


def _watch(parent: int, ending: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), ending)
