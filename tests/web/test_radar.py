"""The pages of the radar: what waits is seen and counted, decided with a reason, and its rules are worded anew."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from suqing.cases.models import Case, SensitiveFlag
from suqing.taxonomy.models import SensitiveRule, SensitiveVersion
from suqing.taxonomy.sensitive_shipped import shipped_rules
from tests.cases.examples import one_case
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
SICK = "我们一家在这家饭店聚餐以后上吐下泻，两人食物中毒送医院抢救，要求赔偿"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def sick(cast: Cast) -> SensitiveFlag:
    return one_case(cast.call_taker, narrative=SICK).flags.get(version__rule__code="injury")


def count_of(client: Any) -> str:
    return client.get(reverse("live-counts")).json()["desks"]["radar"]


def test_a_flag_is_seen_with_its_words_and_decided(cast: Cast) -> None:
    client = seat(cast.supervisor)
    assert count_of(client) == "" and "此处没有待办" in text_of(client.get(reverse("radar")))
    flag = sick(cast)
    page = client.get(reverse("radar"))
    assert count_of(client) == "1" and "<mark>食物中毒</mark>" in page.content.decode()
    case_page = text_of(client.get(reverse("case", args=[flag.case.number])))
    assert "人身伤害与中毒" in case_page and "<mark>食物中毒</mark>" in case_page
    address = reverse("radar-act", args=[flag.pk, "confirm"])
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422 and "请简要说明理由" in text_of(refused)
    done = client.post(f"{address}?rule=injury", {"reason": "已核实"}, follow=True)
    assert done.redirect_chain[0][0].endswith("?rule=injury") and count_of(client) == ""
    assert "已核实" in text_of(client.get(reverse("radar"), {"state": "confirmed"}))
    again = client.post(reverse("radar-act", args=[flag.pk, "dismiss"]), {"reason": "误报"})
    assert again.status_code == 422
    assert client.post(reverse("radar-act", args=[flag.pk, "reopen"])).status_code == 302
    assert client.post(reverse("radar-act", args=[flag.pk, "dismiss"]), {"reason": "误报"}).status_code == 302
    assert not Case.objects.get(pk=flag.case_id).is_sensitive
    assert client.post(reverse("radar-act", args=[flag.pk, "nothing"])).status_code == 404


def test_a_flag_out_of_sight_does_not_exist(cast: Cast) -> None:
    flag = sick(cast)
    client = seat(cast.head)
    assert flag.case.number not in text_of(client.get(reverse("radar"))) and count_of(client) == ""
    assert client.post(reverse("radar-act", args=[flag.pk, "confirm"]), {"reason": "有"}).status_code == 404


def test_flags_are_filtered_and_paged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "suqing.cases.queries.radar.flag_page.__kwdefaults__", {"rule": "", "before": 0, "size": 2}
    )
    for _ in range(3):
        sick(cast)
    client = seat(cast.supervisor)
    first = client.get(reverse("radar"), {"rule": "injury"})
    rest = client.get(first.context["pager"]["older_url"])
    assert (len(first.context["rows"]), len(rest.context["rows"])) == (2, 1)
    assert not client.get(reverse("radar"), {"rule": "threats"}).context["rows"]
    assert client.get(reverse("radar"), {"state": "x", "before": "x", "rule": "\0"}).status_code == 200


def test_a_rule_is_tried_and_worded_anew(cast: Cast) -> None:
    sick(cast)
    client = seat(cast.analyst)
    assert "@中毒 OR @丧命" in text_of(client.get(reverse("radar-rules")))
    bench = client.get(reverse("radar-rule"), {"code": "injury"})
    assert bench.context["found"].matched == 1 and "不是规则" not in text_of(bench)
    tried = client.get(reverse("radar-rule"), {"code": "injury", "rule": "漏电 OR", "words": ""})
    assert "OR 之后须有词或括号" in text_of(tried)
    wrong = client.post(reverse("radar-rule-save"), {"known": "injury", "rule": "漏电 OR", "words": ""})
    assert wrong.status_code == 422 and SensitiveVersion.objects.filter(rule__code="injury").count() == 1
    right = {"known": "injury", "rule": "漏电 OR @电", "words": "电 = 触电", "is_watched": "on"}
    assert client.post(reverse("radar-rule-save"), right).status_code == 302
    version = SensitiveVersion.objects.get(rule__code="injury", number=2)
    assert (version.by, version.wording) == (cast.analyst, {"text": "漏电 OR @电", "lists": {"电": ["触电"]}})
    assert "范分析" in text_of(client.get(reverse("radar-rule"), {"code": "injury"}))


def test_a_rule_is_added_and_the_counting_one_switched_off(cast: Cast) -> None:
    client = seat(cast.supervisor)
    new = {"code": "gas", "name": "燃气", "rule": "燃气 泄漏", "words": "", "is_watched": "on"}
    assert client.post(reverse("radar-rule-save"), new).status_code == 302
    assert SensitiveRule.objects.get(code="gas").versions.get().is_watched
    assert client.post(reverse("radar-rule-save"), new).status_code == 422
    assert "本规则" in text_of(client.get(reverse("radar-rule"), {"code": "repeated"}))
    assert client.post(reverse("radar-rule-save"), {"known": "repeated"}).status_code == 302
    assert not SensitiveVersion.objects.get(rule__code="repeated", number=2).is_watched
    assert client.get(reverse("radar-rule"), {"code": "nothing"}).status_code == 404


def test_every_shipped_rule_can_be_read_and_has_two_names(cast: Cast) -> None:
    assert len(shipped_rules()) == SensitiveRule.objects.count() - 2 == 6
    assert all(one.name and one.name_en for one in SensitiveRule.objects.all())
