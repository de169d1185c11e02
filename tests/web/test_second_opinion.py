"""Second opinions on the page of classes to review: off by default, redacted, on record, never believed blindly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from suqing.cases.intake import EntityInput
from suqing.cases.models import ClassReview
from suqing.ledger.models import Event
from tests.cases.examples import NARRATIVE, one_case
from tests.cast import Cast
from tests.taxonomy.opinion_server import Speaking, speaking
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
SAID = NARRATIVE + "，我家住姑苏区平江路1号，店主赵大海的手机13912345678，我的身份证110101199003077758"
PERSONAL = ("王小明", "13800001234", "平江路1号", "赵大海", "13912345678", "110101199003077758")


@pytest.fixture
def there(settings: Any) -> Iterator[Speaking]:
    with speaking() as found:
        settings.SUQING_OPINION = {"url": found.url, "model": "small", "key": "", "timeout": 5}
        yield found


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def ask(cast: Cast) -> Any:
    review = ClassReview.objects.latest("pk")
    return seat(cast.analyst).post(reverse("class-review-act", args=[review.pk, "opinion"]), follow=True)


def test_it_is_off_until_a_server_is_set(cast: Cast) -> None:
    one_case(cast.call_taker, narrative=SAID)
    assert "参考意见" not in text_of(seat(cast.analyst).get(reverse("class-review")))
    assert "尚未设置" in text_of(ask(cast))
    assert not Event.objects.filter(verb="case.sent_for_opinion").exists()


def test_no_personal_data_leave_and_the_request_is_on_record(cast: Cast, there: Speaking) -> None:
    case = one_case(
        cast.call_taker, narrative=SAID, object_class=None, entity=EntityInput("赵大海", is_person=True)
    )
    review = ClassReview.objects.latest("pk")
    code = "nowhere"
    there.says = json.dumps({"code": code, "reason": "<b>价格</b>"})
    assert "不存在" in text_of(ask(cast))
    listed = json.loads(there.asked[0][2])["messages"][1]["content"]
    code = listed.splitlines()[1].split()[0]
    there.says = json.dumps({"code": code, "reason": "<b>价格</b>"})
    page = ask(cast)
    assert b"&lt;b&gt;" in page.content and b"<b>\xe4\xbb\xb7" not in page.content
    assert "机器意见" in text_of(page) and "127.0.0.1" in text_of(page)
    for _path, headers, body in there.asked:
        whole = json.dumps(json.loads(body), ensure_ascii=False) + str(headers)
        assert "口罩" in whole
        for planted in (*PERSONAL, case.number, cast.analyst.username):
            assert planted not in whole, planted
    events = Event.objects.filter(verb="case.sent_for_opinion", subject_id=str(case.pk))
    assert events.count() == 2
    data = events[0].data
    assert data["host"] in there.url and data["characters"] > 0 and data["kind"] == review.kind
    review.refresh_from_db()
    assert review.state == "open"  # an opinion decides nothing
    assert "征求参考意见" in text_of(seat(cast.supervisor).get(reverse("case", args=[case.number])))


def summed_up(cast: Cast, number: str) -> Any:
    return seat(cast.analyst).post(reverse("case-summary", args=[number]), follow=True)


def test_a_summary_is_off_until_a_server_is_set(cast: Cast) -> None:
    case = one_case(cast.call_taker, narrative=SAID)
    assert reverse("case-summary", args=[case.number]) not in text_of(
        seat(cast.analyst).get(reverse("case", args=[case.number]))
    )
    assert "尚未设置" in text_of(seat(cast.analyst).get(reverse("case-summary", args=[case.number])))
    summed_up(cast, case.number)
    assert not Event.objects.filter(verb="case.sent_for_summary").exists()


def test_a_summary_is_asked_with_exactly_the_words_that_were_shown_and_is_not_kept(
    cast: Cast, there: Speaking
) -> None:
    case = one_case(cast.call_taker, narrative=SAID, entity=EntityInput("赵大海", is_person=True))
    at = reverse("case-summary", args=[case.number])
    assert at in text_of(seat(cast.analyst).get(reverse("case", args=[case.number])))
    shown = text_of(seat(cast.analyst).get(at))
    assert "127.0.0.1" in shown and not there.asked, "nothing leaves before it is asked for"
    there.says = "药店口罩涨价，\u0007<b>要求</b>\n退款。"
    page = summed_up(cast, case.number)
    assert "药店口罩涨价， <b>要求</b> 退款。" in text_of(page) and b"<b>\xe8" not in page.content
    [(_path, headers, body)] = there.asked
    sent = json.loads(body)["messages"][1]["content"].removeprefix("案件：\n")
    assert sent in shown and "口罩" in sent
    for planted in (*PERSONAL, case.number, cast.analyst.username):
        assert planted not in json.dumps(json.loads(body), ensure_ascii=False) + str(headers), planted
    event = Event.objects.get(verb="case.sent_for_summary", subject_id=str(case.pk))
    assert event.data["host"] in there.url and event.data["characters"] == len(sent)
    assert "药店口罩涨价" not in text_of(seat(cast.analyst).get(at)), "an answer is not kept"
    assert "请 127.0.0.1" in text_of(seat(cast.supervisor).get(reverse("case", args=[case.number])))


def test_who_may_not_ask_for_a_summary_gets_none_and_a_fault_is_told_in_words(
    cast: Cast, there: Speaking
) -> None:
    case = one_case(cast.call_taker, narrative=SAID)
    at = reverse("case-summary", args=[case.number])
    assert seat(cast.call_taker).post(at).status_code == 403
    assert seat(cast.other_handler).post(at).status_code == 404, "a case out of sight"
    there.way = "failing"
    assert "拒绝或出错" in text_of(summed_up(cast, case.number))
    there.way, there.says = "well", " \n "
    assert "无法识读" in text_of(summed_up(cast, case.number))


def test_a_failing_server_is_told_in_words(cast: Cast, there: Speaking) -> None:
    one_case(cast.call_taker, narrative=SAID)
    there.way = "failing"
    assert "拒绝或出错" in text_of(ask(cast))
    review = ClassReview.objects.latest("pk")
    assert (
        seat(cast.handler).post(reverse("class-review-act", args=[review.pk, "opinion"])).status_code == 403
    )
