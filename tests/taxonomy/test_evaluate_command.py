"""``suqing evaluate``: a csv learnt and told; bad files with their row and column."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.taxonomy.test_classify import narratives

TITLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "teddy_titles" / "titles.csv"


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("evaluate", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_figures_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    rows = [f"{text},{code}" for text, code in zip(*narratives(), strict=True)]
    path.write_text("\n".join(["内容,类别", *rows, rows[0]]) + "\n", encoding="utf-8")
    found = said("--data", str(path))
    assert "文本 54 条；略去重复的 1 条、有两种标签的 0 条" in found
    assert "macro-F1 " in found and "house.shade" in found and "推荐的起点" in found


def test_a_bad_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    path.write_text("text,label\n口罩,a\n酒精,\n", encoding="utf-8")
    with pytest.raises(CommandError, match="第 3 行“label”列：为空") as fault:
        said("--data", str(path))
    assert fault.value.returncode == 2


@pytest.mark.skipif(not TITLES.exists(), reason="../shared/data/teddy_titles is absent")
def test_real_titles_are_told_at_least_as_well_as_by_the_plain_baseline() -> None:
    found = said("--data", str(TITLES))
    assert "文本 5,196 条；略去重复的 99 条、有两种标签的 2 条" in found
    macro = float(next(line for line in found.splitlines() if line.startswith("macro-F1")).split()[1])
    assert macro > 0.872
