"""The radar: flagged in the transaction of registration, seen only in sight, decided with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import radar
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case, SensitiveFlag
from suqing.cases.queries.radar import (
    flag_page,
    open_flags,
    precision_by_month,
    precision_by_rule,
    visible_flags,
)
from suqing.cases.vocabulary import FlagState, Kind
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.writing import gathered
from suqing.taxonomy.sensitive import SensitiveDraft, change_sensitive_rule
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
SICK = "我们一家在这家饭店聚餐以后上吐下泻，两人食物中毒送医院抢救，要求赔偿"
DULL = "买的衣服掉色，要求退货退款"


def told(cast: Cast, text: str, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    return one_case(cast.call_taker, kind, narrative=text, **changes)


def codes(case: Case) -> list[str]:
    return list(case.flags.order_by("pk").values_list("version__rule__code", flat=True))


def test_a_sensitive_case_is_flagged_as_it_is_registered(cast: Cast) -> None:
    case = told(cast, SICK)
    assert codes(case) == ["injury"] and Case.objects.get(pk=case.pk).is_sensitive
    event = Event.objects.get(verb="case.flagged")
    assert (event.subject_id, event.data) == (str(case.pk), {"rules": ["injury"]})
    assert case.flags.get().state == FlagState.OPEN
    assert list(Message.objects.values_list("recipient", "code")) == [(cast.supervisor.pk, "case.flagged")]
    assert open_flags(cast.supervisor) == 1


def test_an_ordinary_case_is_not(cast: Cast) -> None:
    case = told(cast, DULL)
    assert not codes(case) and not case.is_sensitive
    assert not Event.objects.filter(verb="case.flagged").exists() and not Message.objects.exists()


def test_a_replay_flags_but_tells_nobody(cast: Cast) -> None:
    with gathered():
        registered(cast.call_taker, matter(narrative=SICK))
    case = Case.objects.get()
    assert codes(case) == ["injury"] and case.is_sensitive and not Message.objects.exists()


def test_whoever_comes_again_and_again_is_flagged(cast: Cast) -> None:
    def again(text: str, days: int) -> Case:
        return registered(
            cast.call_taker,
            matter(narrative=text, entity=EntityInput(f"某店{days}")),
            at=AT + timedelta(days=days),
        ).cases.get()

    assert [codes(again(text, day)) for day, text in enumerate((DULL, "鞋子开胶", "手机不开机"))] == [
        [],
        [],
        ["repeated"],
    ]
    assert SensitiveFlag.objects.get().contacts == 3
    assert codes(again("电视花屏", 20)) == []  # the others lie too far back
    change_setting("radar.repeated_times", 2, by=cast.supervisor, at=AT)
    assert codes(again("冰箱不制冷", 21)) == ["repeated"]


def test_like_words_of_several_people_about_one_operator_are_repeated(cast: Cast) -> None:
    words = "在平江大药房买口罩，一只要三十元，平时只要五元，店员不肯退款，要求查处并退还差价"
    found = [
        codes(registered(cast.call_taker, matter(narrative=words), party=PartyInput(name, phone)).cases.get())
        for name, phone in (("李一", "13800000001"), ("李二", "13800000002"), ("李三", "13800000003"))
    ]
    assert (
        found[:2] == [found[0], found[1]] and "repeated" not in found[0] + found[1] and "repeated" in found[2]
    )


def test_a_flag_is_confirmed_or_dismissed_with_a_reason_and_taken_back(cast: Cast) -> None:
    case = told(cast, SICK)
    flag = case.flags.get()
    with pytest.raises(Refused):
        radar.decide_flag(flag=flag, is_sensitive=True, reason=" ", by=cast.supervisor, at=AT)
    with pytest.raises(Refused):
        radar.decide_flag(flag=flag, is_sensitive=True, reason="因" * 301, by=cast.supervisor, at=AT)
    with pytest.raises(NotPermitted):
        radar.decide_flag(flag=flag, is_sensitive=True, reason="有", by=cast.call_taker, at=AT)
    done = radar.decide_flag(
        flag=flag, is_sensitive=False, reason="电话13800001234核实是误报", by=cast.supervisor, at=AT
    )
    assert done.state == FlagState.DISMISSED and "13800001234" not in done.reason
    assert not Case.objects.get(pk=case.pk).is_sensitive and open_flags(cast.supervisor) == 0
    with pytest.raises(Refused):
        radar.decide_flag(flag=flag, is_sensitive=True, reason="有", by=cast.supervisor, at=AT)
    radar.reopen_flag(flag=flag, by=cast.supervisor, at=AT)
    assert Case.objects.get(pk=case.pk).is_sensitive and open_flags(cast.supervisor) == 1
    radar.decide_flag(flag=flag, is_sensitive=True, reason="已核实", by=cast.supervisor, at=AT)
    verbs = [f"case.flag{verb}" for verb in ("ged", "_dismissed", "_reopened", "_confirmed")]
    assert (
        list(Event.objects.filter(verb__startswith="case.flag").order_by("pk").values_list("verb", flat=True))
        == verbs
    )


def test_a_flag_is_seen_where_its_case_is(cast: Cast) -> None:
    told(cast, SICK)
    report = told(cast, SICK, Kind.REPORT)
    assert visible_flags(cast.supervisor).count() == 2
    assert not visible_flags(cast.head).exists()  # both wait at the centre
    Case.objects.update(responsible_unit=cast.gusu)
    assert open_flags(cast.head) == 2
    assert visible_flags(cast.leader).filter(case=report).count() == 0  # who has no right to reports
    with pytest.raises(Refused):
        Case.objects.update(responsible_unit=cast.centre)
        radar.decide_flag(flag=report.flags.get(), is_sensitive=True, reason="有", by=cast.head, at=AT)


def test_a_page_of_flags_goes_on_where_it_ended(cast: Cast) -> None:
    wanted = [told(cast, SICK).flags.get(version__rule__code="injury").pk for _ in range(3)][::-1]
    first, after = flag_page(cast.supervisor, state="open", rule="injury", size=2)
    rest, end = flag_page(cast.supervisor, state="open", rule="injury", before=after, size=2)
    assert [one.pk for one in first + rest] == wanted and end == 0
    assert flag_page(cast.supervisor, state="confirmed") == ([], 0)


def test_precision_is_what_was_confirmed_of_what_was_decided(cast: Cast) -> None:
    change_setting("radar.repeated_times", 100, by=cast.supervisor, at=AT)
    flags = [told(cast, SICK).flags.get() for _ in range(5)]
    for flag, is_sensitive in zip(flags, (True, True, True, False), strict=False):
        radar.decide_flag(flag=flag, is_sensitive=is_sensitive, reason="已核实", by=cast.supervisor, at=AT)
    found = precision_by_rule(cast.supervisor, AT - timedelta(days=1))["injury"]
    assert (found.open, found.confirmed, found.dismissed, found.share) == (1, 3, 1, 0.75)
    assert found.bounds == pytest.approx((0.3006, 0.9544), abs=1e-3)
    [(month, counted)] = precision_by_month(cast.supervisor, "injury", AT - timedelta(days=1))
    assert month == AT.date().replace(day=1) and counted == found
    assert precision_by_rule(cast.supervisor, AT + timedelta(days=1)) == {}


def test_a_rule_worded_anew_or_switched_off_decides_from_then_on(cast: Cast) -> None:
    draft = SensitiveDraft("injury", "", {"text": "漏电 OR 触电"})
    change_sensitive_rule(draft, by=cast.supervisor, at=AT - timedelta(minutes=1))
    assert codes(told(cast, SICK)) == [] and codes(told(cast, "插座漏电")) == ["injury"]
    off = SensitiveDraft("injury", "", {"text": "漏电 OR 触电"}, is_watched=False)
    assert change_sensitive_rule(off, by=cast.analyst, at=AT).number == 3
    assert "injury" not in codes(told(cast, "插座又漏电"))
    assert Event.objects.filter(verb="sensitive_rule.changed").count() == 2


def test_the_table_refuses_a_decision_without_a_reason(cast: Cast) -> None:
    told(cast, SICK)
    with pytest.raises(IntegrityError), transaction.atomic():
        SensitiveFlag.objects.update(state="confirmed")
