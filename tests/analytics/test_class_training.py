"""Learning classes from closed cases: rules at first, the model that wins, the one that does not, a broken file."""

from __future__ import annotations

import io
import logging
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from suqing.analytics.actions.class_training import TooFew, train
from suqing.cases.models import Case
from suqing.cases.workflow import State
from suqing.files.storage import storage
from suqing.ledger.models import Event
from suqing.taxonomy import class_models
from suqing.taxonomy.class_models import adopted, model_key
from suqing.taxonomy.models import ClassModel, ClassNode
from suqing.taxonomy.queries import LEAST, suggest_classes
from tests.analytics.days import MONDAY, hotel_complaint, load, moment, take
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DAY = date(2020, 1, 28)
NOW = moment(DAY, "12:00")
# Words that no shipped list knows, so that rules cannot help.
WORDS = {"11001": ["阿莫灵丸", "贝舒康胶囊", "止咳宁露"], "S0103": ["云栖小筑", "听涛别苑", "山海居"]}
SAID = [
    "在{}遇到问题要求处理{}",
    "反映{}不给解决{}",
    "{}态度差没人管{}",
    "投诉{}说话不算数{}",
    "对{}不满意{}",
]
TAILS = [
    "谢谢",
    "请核实",
    "希望回复",
    "多次打电话",
    "今天上午",
    "昨天晚上",
    "家里老人",
    "和朋友一起",
    "已经三天",
    "请尽快",
]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path / "files"
    class_models.forget()


def close_cases(cast: Cast, *, swapped: bool = False, since: datetime | None = None, mark: str = "") -> int:
    """Closed cases that differ from a registered one in text, class and when they were closed."""
    load(cast)
    made = take(cast, moment(MONDAY, "08:00"), hotel_complaint()).cases.get()
    codes = list(WORDS)
    rows = []
    texts = [
        (said.format(word, tail) + mark, code)
        for tail in TAILS for said in SAID for code in codes for word in WORDS[code]
    ]  # fmt: skip
    begun = since or moment(MONDAY, "09:00")
    for number, (text, code) in enumerate(texts):
        row = Case.objects.get(pk=made.pk)
        row.pk, row.number = None, f"X{mark and ord(mark)}{number:06d}"
        row.match_text = row.narrative = text
        shown = codes[1 - codes.index(code)] if swapped else code
        row.object_class = ClassNode.objects.get(tree__kind="object", tree__is_active=True, code=shown)
        row.state, row.closed_at = State.CLOSED, begun + timedelta(seconds=number)
        rows.append(row)
    Case.objects.bulk_create(rows)
    return len(rows)


def is_synthetic() -> bool:
    return Case.objects.values_list("is_synthetic", flat=True)[0]


def train_object(at: datetime = NOW) -> Any:
    with connection.cursor():
        return train(kind="object", by="system:training", at=at, rehearsed=is_synthetic())


def test_no_model_yet_is_normal(cast: Cast) -> None:
    load(cast)
    assert adopted("object") is None
    assert suggest_classes("药店口罩涨价", "object", DAY)[0].method == "rules"
    with pytest.raises(TooFew):
        train(kind="object", by="system:training", at=NOW)


def test_what_wins_suggests_and_is_on_record(cast: Cast) -> None:
    count = close_cases(cast)
    found = train_object()
    assert found.against == "rules" and found.adopted and found.adopted.number == 1
    assert found.taught + found.held == count
    assert found.macro > 0.9 and found.ahead.value > 0
    best = suggest_classes("在听涛别苑住了一晚", "object", DAY)[0]
    assert (best.node.code, best.method) == ("S0103", "model")
    assert best.probability and best.probability > 0.5
    assert best.words and all(word in "在听涛别苑住了一晚" for word in best.words)
    shown = suggest_classes("在听涛别苑住了一晚", "object", DAY)
    assert all(one.probability and one.probability >= LEAST for one in shown)
    event = Event.objects.get(verb="taxonomy.class_model_adopted")
    assert event.data["number"] == 1 and event.data["digest"] == found.adopted.digest


def test_without_cases_that_no_model_has_seen_nothing_changes(cast: Cast) -> None:
    close_cases(cast)
    assert train_object().adopted
    # The held-out cases of the first time have taught nobody yet; the same model wins nothing on them.
    again = train_object()
    assert again.against == "model" and again.adopted is None and again.ahead.value == 0
    assert ClassModel.objects.count() == 1


def test_corrected_classes_teach_the_next_model(cast: Cast) -> None:
    close_cases(cast)
    assert train_object().adopted
    close_cases(cast, swapped=True, since=moment(MONDAY, "20:00"), mark="乙")
    Case.objects.filter(closed_at__lt=moment(MONDAY, "19:00"), state=State.CLOSED).update(
        object_class=ClassNode.objects.get(tree__kind="object", tree__is_active=True, code="11001")
    )
    found = train_object()
    assert found.against == "model" and found.ahead.value > 0
    assert found.adopted and found.adopted.number == 2


def test_a_broken_file_is_told_and_rules_carry_on(
    cast: Cast, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    close_cases(cast)
    row = train_object().adopted
    broken = tmp_path / "broken"
    broken.write_bytes(b"PK half a model")
    storage().put(model_key(row.digest), broken)
    class_models.forget()
    with caplog.at_level(logging.ERROR):
        assert suggest_classes("药店口罩涨价", "object", DAY)[0].method == "rules"
    assert "the digest differs" in caplog.text
    storage().delete(model_key(row.digest))
    class_models.forget()
    assert suggest_classes("药店口罩涨价", "object", DAY)[0].method == "rules"


def test_a_text_the_model_knows_nothing_of_is_left_to_rules(cast: Cast) -> None:
    close_cases(cast)
    assert train_object().adopted
    assert suggest_classes("xyz", "object", DAY) == []


def test_the_command(cast: Cast, tmp_path: Path) -> None:
    close_cases(cast)
    words = ["--rehearsed"] if is_synthetic() else []
    out = io.StringIO()
    Case.objects.filter(state=State.CLOSED).update(closed_at=moment(MONDAY, "09:00"))
    for number, pk in enumerate(Case.objects.filter(state=State.CLOSED).values_list("pk", flat=True)):
        Case.objects.filter(pk=pk).update(closed_at=moment(MONDAY, "09:00") + timedelta(seconds=number))
    call_command("train", *words, stdout=out, stderr=io.StringIO())
    assert "object: 用 " in out.getvalue() and "已启用，编号 1" in out.getvalue()
    assert "report_issue：没有变化" in out.getvalue()
    with pytest.raises(CommandError, match="没有这种类别：goods"):
        call_command("train", "goods")


def test_a_csv_is_learnt_into_a_file(tmp_path: Path) -> None:
    table, model = tmp_path / "told.csv", tmp_path / "model"
    table.write_text("text,label\n口罩涨价,a\n酒店退款,b\n口罩太贵,a\n酒店不退,b\n", encoding="utf-8")
    out = io.StringIO()
    call_command("train", "--data", str(table), "--out", str(model), stdout=out, stderr=io.StringIO())
    assert "SHA-256" in out.getvalue() and model.stat().st_size > 100
    with pytest.raises(CommandError, match="--out"):
        call_command("train", "--data", str(table))
    table.write_text("text,label\n口罩涨价,a\n", encoding="utf-8")
    with pytest.raises(CommandError, match="两种不同的标签"):
        call_command("train", "--data", str(table), "--out", str(model))
