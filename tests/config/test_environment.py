"""Values from the environment are read or refused, never guessed; logs keep quiet about people."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from suqing.config import environment
from suqing.config.log_lines import ReticentFormatter


def test_a_value_that_is_no_boolean_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUQING_HTTPS", "perhaps")
    with pytest.raises(ValueError, match="SUQING_HTTPS"):
        environment.env_bool("SUQING_HTTPS", False)


@pytest.mark.parametrize("raw", ["0", "-1", "eight", "1.5", ""])
def test_a_value_that_is_no_count_stops_the_start(raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUQING_THREADS", raw)
    with pytest.raises(ValueError, match="SUQING_THREADS"):
        environment.env_int("SUQING_THREADS", 8)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = environment.env_secret("SUQING_TEST_KEY", folder)
    assert len(bytes.fromhex(first)) == 32
    assert environment.env_secret("SUQING_TEST_KEY", folder) == first
    assert stat.S_IMODE((folder / "suqing_test_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["suqing_test_key"]


def test_a_secret_comes_from_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SUQING_TEST_KEY_FILE", str(tmp_path / "key"))
    assert environment.env_secret("SUQING_TEST_KEY", tmp_path / "secrets") == "from a file"


def test_a_database_address_keeps_its_socket_folder_and_options() -> None:
    read = environment.database("postgresql://a:p%40ss@/name?host=%2Frun%2Fpg&sslmode=require", pool_size=5)
    assert (read["HOST"], read["USER"], read["PASSWORD"], read["NAME"]) == ("/run/pg", "a", "p@ss", "name")
    assert read["OPTIONS"]["sslmode"] == "require"
    assert read["OPTIONS"]["pool"]["max_size"] == 5


def test_an_address_of_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        environment.database("mysql://a@b/c", pool_size=0)


def test_a_log_line_carries_no_phone_no_identity_and_no_row() -> None:
    message = (
        "duplicate key\nDETAIL:  Key (name)=(张三) already exists.\ncaller 13812345678, 32050119900307123X"
    )
    record = logging.LogRecord("suqing", logging.ERROR, "", 1, message, None, None)
    line = ReticentFormatter("%(message)s").format(record)
    assert "张三" not in line
    assert "13812345678" not in line
    assert "32050119900307123X" not in line
    assert line.startswith("duplicate key")
