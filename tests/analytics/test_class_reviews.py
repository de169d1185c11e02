"""A model in force doubts classes, and what a person decided teaches the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from suqing.analytics.actions.class_training import _closed
from suqing.cases.actions.class_reviews import decide, look_at_some, take_back
from suqing.cases.jobs import look_at_classes
from suqing.cases.models import Case, ClassReview
from suqing.cases.queries.class_reviews import count_open, next_review
from suqing.files.storage import storage
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.taxonomy import class_models
from suqing.taxonomy.class_models import adopted, model_key
from suqing.taxonomy.models import ClassNode
from suqing.taxonomy.queries import best_classes
from tests.analytics.days import hotel_complaint, moment, take
from tests.analytics.test_class_training import DAY, NOW, close_cases, is_synthetic, train_object
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HOTEL = "在听涛别苑遇到问题要求处理谢谢"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path / "files"
    class_models.forget()


def with_model(cast: Cast) -> None:
    close_cases(cast)
    assert train_object().adopted


def node(code: str) -> ClassNode:
    return ClassNode.objects.get(tree__kind="object", tree__is_active=True, code=code)


def came(cast: Cast, text: str, code: str) -> Case:
    matter = hotel_complaint(narrative=text, object_class=node(code).pk)
    return take(cast, moment(DAY, "11:00"), matter).cases.get()


def reasons() -> list[tuple[str, str]]:
    return list(ClassReview.objects.order_by("pk").values_list("state", "reason"))


def test_a_class_that_the_model_shares_does_not_stay(cast: Cast) -> None:
    with_model(cast)
    case = came(cast, HOTEL, "S0103")
    assert reasons() == [("waiting", "")]  # registered without a look of the model
    assert look_at_some(at=NOW) == 1 and reasons() == []
    assert not Event.objects.filter(verb="case.class_doubted").exists()
    came(cast, HOTEL, node("S0103").parent.code if node("S0103").parent else "S0103")
    look_at_some(at=NOW)
    assert reasons() == []  # the class above is no other opinion
    assert case.class_reviews.count() == 0


def test_one_it_contradicts_waits_if_it_is_sure(cast: Cast) -> None:
    with_model(cast)
    case = came(cast, HOTEL, "11001")
    best = best_classes(HOTEL, "object", DAY)[0]
    assert best.node.code == "S0103" and (best.probability or 0) >= 0.8
    assert look_at_classes(0) == 1
    assert reasons() == [("open", "differs")]
    assert Event.objects.get(verb="case.class_doubted").data == {"kind": "object", "reason": "differs"}
    ClassReview.objects.all().delete()
    change_setting("classes.differs_percent", 100, by=cast.supervisor, at=NOW)
    mixed = "在听涛别苑买了止咳宁露"
    likely = best_classes(mixed, "object", DAY)[0]
    assert 0.3 < (likely.probability or 0) < 1
    came(cast, mixed, "11001" if likely.node.code == "S0103" else "S0103")
    look_at_some(at=NOW)
    assert reasons() == []
    assert case.object_class == node("11001")


def test_a_doubted_class_that_is_changed_elsewhere_waits_no_more_and_again_once_that_is_undone(
    cast: Cast,
) -> None:
    with_model(cast)
    case = came(cast, HOTEL, "11001")
    look_at_some(at=NOW)
    assert count_open(cast.supervisor) == 1
    Case.objects.filter(pk=case.pk).update(object_class=node("S0103"))
    assert count_open(cast.supervisor) == 0 and next_review(cast.supervisor) is None
    Case.objects.filter(pk=case.pk).update(object_class=node("11001"))
    review = next_review(cast.supervisor)
    assert review is not None
    take_back(
        review=decide(review=review, code="S0103", by=cast.supervisor, at=NOW), by=cast.supervisor, at=NOW
    )
    assert count_open(cast.supervisor) == 1


def test_where_it_abstains_the_class_waits(cast: Cast) -> None:
    with_model(cast)
    came(cast, "ABCDEFG", "S0103")
    look_at_some(at=NOW)
    assert reasons() == [("open", "unsure")]


def test_a_model_that_cannot_be_read_doubts_nothing(cast: Cast) -> None:
    with_model(cast)
    storage().delete(model_key(adopted("object").digest))
    class_models.forget()
    came(cast, HOTEL, "11001")
    assert look_at_some(at=NOW) == 1 and reasons() == []
    class_models.forget()


def told(text: str) -> list[tuple[str, bool]]:
    found = _closed("object", NOW, is_synthetic())
    return [(one.code, one.is_decided) for one in found if one.text == text]


def test_what_was_decided_teaches_before_the_case_is_closed(cast: Cast) -> None:
    with_model(cast)
    text = "对山海居不满意谢谢又说了一句别的"
    case = came(cast, text, "11001")
    look_at_some(at=NOW)
    assert told(text) == []
    review = case.class_reviews.get()
    decide(review=review, code="S0103", by=cast.analyst, at=NOW)
    assert told(text) == [("S0103", True)]
    take_back(review=review, by=cast.analyst, at=NOW)
    assert told(text) == []


def test_a_decided_class_outweighs_others_of_the_same_words(cast: Cast) -> None:
    with_model(cast)
    text = "在听涛别苑遇到问题要求处理谢谢"
    assert told(text) == [("S0103", False)]
    case = came(cast, text, "11001")
    look_at_some(at=NOW)
    decide(review=case.class_reviews.get(), code=None, by=cast.analyst, at=NOW)
    assert told(text) == [("11001", True)]
