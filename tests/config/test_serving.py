"""Serving says plainly when it cannot begin."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from suqing.config import serving
from suqing.config.serving import CannotServe, Child, Claim


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"Port {port} .* make run PORT={port + 1}"):
            serving.check_port("127.0.0.1", port)


def test_a_free_port_is_no_fault() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving.check_port("127.0.0.1", port)


def test_a_folder_is_served_once_and_the_second_hears_where(tmp_path: Path) -> None:
    first = Claim(tmp_path)
    first.take("0.0.0.0", 8123)
    assert json.loads((tmp_path / "serve.lock").read_text())["address"] == "http://127.0.0.1:8123/"
    with pytest.raises(CannotServe, match=rf"process {os.getpid()}, at http://127.0.0.1:8123/"):
        Claim(tmp_path).take("127.0.0.1", 8124)
    assert Claim(tmp_path).holder() == os.getpid()
    os.close(first._file)
    assert Claim(tmp_path).holder() is None


def test_a_child_that_dies_is_started_again_after_growing_pauses(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("faulty", ["/bin/sh", "-c", "exit 3"])
    pauses = []
    now = 0.0
    for _ in range(3):
        child.tend(now)
        assert child.wait(5)
        child.tend(now)
        pauses.append(child.start_at - now)
        now = child.start_at
    assert pauses == [1.0, 2.0, 4.0]
    assert "the faulty process ended (code 3)" in capsys.readouterr().err
