"""Files for practising: the import's reader reads them, mistakes and all, and they say that they are made up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from suqing.cases.importing.layouts import NATIONAL, recognise
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.reading import open_table
from suqing.cases.importing.safe_cells import restored
from suqing.rehearsal.script.cities import NANJING, SUZHOU
from suqing.rehearsal.script.files import FAULTS, SYNTHETIC, CannotWrite, Written, table_rows, write_rows
from suqing.rehearsal.script.moments import SHANGHAI

NOW = datetime(2020, 1, 31, 9, tzinfo=SHANGHAI)
ROWS = 120


def written(folder: Path, name: str, **more: object) -> Written:
    return write_rows(folder / name, city=SUZHOU, seed=4, rows=ROWS, **more)  # type: ignore[arg-type]


def cells_of(path: Path) -> list[tuple[str, ...]]:
    with open_table(path, "xlsx" if path.suffix == ".xlsx" else "csv") as table:
        assert recognise(table.header) is NATIONAL
        assert table.header[: len(COLUMNS)] == COLUMNS
        return [tuple(restored(str(cell or "")) for cell in row.cells) for row in table]


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.csv", "utf-8"), ("b.csv", "gb18030"), ("c.xlsx", "utf-8")]
)
def test_the_reader_of_imports_reads_every_cell_back(tmp_path: Path, name: str, encoding: str) -> None:
    made = written(tmp_path, name, encoding=encoding)
    assert cells_of(made.path) == [tuple(cells) for cells in table_rows(SUZHOU, 4, ROWS)]
    assert (made.rows, made.faulty) == (ROWS, 0)


@pytest.mark.parametrize("name", ["a.csv", "c.xlsx"])
def test_the_same_numbers_give_the_same_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "again").mkdir()
    one, other = written(tmp_path, name, faulty=0.2), written(tmp_path / "again", name, faulty=0.2)
    assert one.path.read_bytes() == other.path.read_bytes()


def test_name_first_row_and_numbers_say_that_all_is_made_up(tmp_path: Path) -> None:
    made = written(tmp_path, "export.csv")
    assert made.path.name == "export-模拟数据.csv"
    assert made.path.read_text(encoding="utf-8-sig").splitlines()[0] == SYNTHETIC
    assert written(tmp_path, "synthetic.csv").path.name == "synthetic.csv"
    assert all(cells[0].startswith("00") and len(cells[0]) == 26 for cells in table_rows(NANJING, 4, 30))


def test_every_mistake_occurs_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    made = written(tmp_path, "a.csv", faulty=0.5)
    plain, spoilt = list(table_rows(SUZHOU, 4, ROWS)), cells_of(made.path)
    differing = [n for n, cells in enumerate(plain) if tuple(cells) != spoilt[n]]
    assert len(differing) == made.faulty == sum(made.faults.values()) > ROWS / 3
    assert set(made.faults) == set(FAULTS) and all(made.faults.values())
    numbers = [cells[0] for cells in spoilt]
    assert numbers.count("") == made.faults["missing number"]
    assert any(number and numbers.count(number) == 2 for number in numbers)


def test_only_complaints_and_reports_of_the_city_are_written() -> None:
    rows = list(table_rows(NANJING, 4, 60))
    assert {cells[1] for cells in rows} == {"投诉", "举报"}
    assert {cells[13] for cells in rows if cells[13]} <= {"玄武区市场监督管理局", "秦淮区市场监督管理局", "建邺区市场监督管理局",
        "鼓楼区市场监督管理局", "浦口区市场监督管理局", "栖霞区市场监督管理局", "雨花台区市场监督管理局", "江宁区市场监督管理局",
        "六合区市场监督管理局", "溧水区市场监督管理局", "高淳区市场监督管理局"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "more"),
    [("a.txt", {}), ("a.csv", {"rows": 0}), ("a.xlsx", {"rows": 2_000_000}), ("a.csv", {"faulty": 1.5})],
)
def test_what_cannot_be_written_is_refused_and_nothing_stands_there(
    tmp_path: Path, name: str, more: dict[str, object]
) -> None:
    with pytest.raises(CannotWrite):
        write_rows(tmp_path / name, **{"city": SUZHOU, "seed": 4, "rows": 5, **more})  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_file_and_leaves_one_that_exists_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "模拟.csv"
    call_command(
        "rehearse", "--write", str(file), "--rows", "20", "--encoding", "gb18030", "--city", "nanjing"
    )
    assert "20" in capsys.readouterr().err
    before = file.read_bytes()
    with pytest.raises(CommandError, match="模拟"):
        call_command("rehearse", "--write", str(file), "--rows", "30")
    assert file.read_bytes() == before
