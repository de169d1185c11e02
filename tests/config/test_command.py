"""The program's own verbs, as a shell meets them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

READS_ONE_LINE_ONLY = "from suqing.config.command import main; import sys; sys.exit(main(['measures']))"


def test_a_reader_that_has_seen_enough_ends_the_program_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    given = os.environ | {"SUQING_VAR": str(tmp_path), "DATABASE_URL": os.environ["DATABASE_URL"]}
    ended = subprocess.run(
        [sys.executable, "-c", READS_ONE_LINE_ONLY],
        stdout=writing, stderr=subprocess.PIPE, env=given, timeout=120, check=False,
    )  # fmt: skip
    os.close(writing)
    assert ended.returncode == 128 + signal.SIGPIPE and ended.stderr == b""
