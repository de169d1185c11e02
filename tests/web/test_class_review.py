"""The page of classes to review: offers with their words, decided by one press, taken back, counted in the rail."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from suqing.cases.models import Case, ClassReview
from suqing.web.desks.class_review import marked
from tests.cases.examples import one_case
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
MASKS = "药店买口罩，平时五元，现在三十元，哄抬价格"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def count_of(client: Any) -> str:
    return client.get(reverse("live-counts")).json()["desks"]["class-review"]


def test_words_are_marked() -> None:
    assert marked("买N95口罩", ["口罩", "n95口罩"]) == [("买", False), ("N95口罩", True)]
    assert marked("别的", []) == [("别的", False)]
    assert marked("a+b(c", ["+b("]) == [("a", False), ("+b(", True), ("c", False)]


def test_a_class_is_chosen_by_one_press_and_taken_back(cast: Cast) -> None:
    client = seat(cast.analyst)
    assert count_of(client) == "" and "此处没有待办" in text_of(client.get(reverse("class-review")))
    case = one_case(cast.call_taker, narrative=MASKS)
    page = client.get(reverse("class-review"))
    assert count_of(client) == "2" and "<mark>" in page.content.decode()
    item = page.context["item"]
    assert [offer["key"] for offer in item["offers"]] == list(range(1, len(item["offers"]) + 1))
    address = reverse("class-review-act", args=[item["review"].pk, "decide"])
    chosen = item["offers"][0]["node"]
    done = client.post(f"{address}?reason=missing", {"code": chosen.code}, follow=True)
    assert done.redirect_chain[0][0].endswith("?reason=missing") and count_of(client) == "1"
    assert chosen.label in text_of(done) and "100%" in text_of(done)
    field = "object_class" if item["review"].kind == "object" else "issue_class"
    assert getattr(Case.objects.get(pk=case.pk), field) == chosen
    assert "复核分类" in text_of(client.get(reverse("case", args=[case.number])))
    again = client.post(address, {"code": chosen.code}, follow=True)
    assert "已有人复核" in text_of(again)
    back = reverse("class-review-act", args=[item["review"].pk, "reopen"])
    assert client.post(back).status_code == 302 and count_of(client) == "2"
    assert getattr(Case.objects.get(pk=case.pk), field) is None


def test_keep_skip_and_what_is_not_there(cast: Cast) -> None:
    client = seat(cast.supervisor)
    one_case(cast.call_taker, narrative=MASKS)
    first, second = ClassReview.objects.order_by("pk")
    assert client.post(reverse("class-review-act", args=[first.pk, "decide"])).status_code == 404
    client.post(reverse("class-review-act", args=[first.pk, "decide"]), {"code": ""})
    client.post(reverse("class-review-act", args=[second.pk, "skip"]))
    assert list(ClassReview.objects.order_by("pk").values_list("state", flat=True)) == ["kept", "skipped"]
    assert client.post(reverse("class-review-act", args=[first.pk, "nothing"])).status_code == 404
    assert client.get(reverse("class-review"), {"reason": "\0x"}).status_code == 200
    assert seat(cast.handler).get(reverse("class-review")).status_code == 403


def test_a_report_is_not_shown_to_whom_it_is_hidden_from(cast: Cast) -> None:
    client = seat(cast.analyst)
    one_case(cast.call_taker, narrative=MASKS)
    Case.objects.update(responsible_unit=cast.gusu)
    page = client.get(reverse("class-review"))
    assert page.context["item"] is not None  # an analyst sees the cases of all units
    assert "王小明" not in text_of(page) and "13800001234" not in text_of(page)
