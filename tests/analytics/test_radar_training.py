"""The model of the radar: learnt from decided flags, in use where it does well, and what a registered case gets of it."""

from __future__ import annotations

import contextlib
import io
import logging
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from suqing.analytics.actions.class_training import TooFew
from suqing.analytics.actions.radar_training import Trained, train_radar
from suqing.analytics.periods import Period
from suqing.analytics.queries import figure
from suqing.cases.actions.radar import decide_flag
from suqing.cases.models import Case, SensitiveFlag
from suqing.cases.queries.radar import precision_by_rule
from suqing.cases.vocabulary import FlagState
from suqing.cases.workflow import State
from suqing.files.storage import storage
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.writing import gathered
from suqing.taxonomy import class_models
from suqing.taxonomy.class_models import adopted, model_key
from suqing.taxonomy.models import RADAR, ClassModel, SensitiveVersion
from suqing.taxonomy.sensitive import SensitiveDraft, change_sensitive_rule
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
BEGUN = AT - timedelta(days=2)
# Words that no rule knows, so that only the model can find them.
SIGNS, DULL = ("猝倒", "发紫", "抽风"), ("掉色", "开胶", "脱线")
PLACES = ("旅店", "菜场", "影院", "泳池", "书店", "网吧", "茶楼", "车行", "花市", "琴行")
TAILS = ("请管", "很急", "盼复", "求助", "求查", "没人理", "要说法")
SPOKEN = "城西琴行里有人猝倒发紫"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path / "files"
    class_models.forget()


def decided_cases(cast: Cast, *, swapped: bool = False, since: datetime = BEGUN) -> int:
    """Closed cases whose flags were confirmed or dismissed, and as many that have none; written without an action."""
    change_setting("radar.repeated_times", 100, by=cast.supervisor, at=AT)  # another rule's business
    made = one_case(cast.call_taker, narrative="手机屏幕不亮", at=since - timedelta(hours=1))
    rule = SensitiveVersion.objects.get(rule__code="injury")
    cases, flags = [], []
    texts = [
        (f"{place}{word}{tail}", words is SIGNS, words is not DULL or word == DULL[0])
        for tail in TAILS for place in PLACES for words in (SIGNS, DULL) for word in words
    ]  # fmt: skip
    for number, (text, is_sensitive, is_flagged) in enumerate(texts):
        row = Case.objects.get(pk=made.pk)
        row.pk, row.number = None, f"X{since:%d%H}{number:06d}"
        row.match_text = row.narrative = text
        row.state, row.registered_at = State.CLOSED, since + timedelta(seconds=number)
        row.closed_at = row.registered_at + timedelta(minutes=5)
        cases.append(row)
        if is_flagged:
            state = FlagState.CONFIRMED if is_sensitive != swapped else FlagState.DISMISSED
            decided = {"decided_by": cast.supervisor, "decided_at": row.closed_at, "reason": "核实"}
            flags.append(
                SensitiveFlag(case=row, version=rule, raised_at=row.registered_at, state=state, **decided)
            )
    Case.objects.bulk_create(cases)
    SensitiveFlag.objects.bulk_create(flags)
    return len(flags)


def taught(at: datetime = AT) -> Trained:
    rehearsed = Case.objects.values_list("is_synthetic", flat=True)[0]
    return train_radar(by="system:training", at=at, rehearsed=rehearsed)


def spoken(cast: Cast, text: str = SPOKEN) -> Case:
    return one_case(cast.call_taker, narrative=text)


def codes(case: Case) -> list[str]:
    return list(case.flags.values_list("version__rule__code", flat=True))


def test_no_model_yet_is_normal(cast: Cast) -> None:
    assert codes(spoken(cast)) == []
    with pytest.raises(TooFew, match="no flag"):
        taught()
    flag = one_case(cast.call_taker, narrative="食物中毒送医院").flags.get(version__rule__code="injury")
    decide_flag(flag=flag, is_sensitive=True, reason="核实", by=cast.supervisor, at=AT)
    with pytest.raises(TooFew, match="sensitive and"):
        taught()


def test_what_does_well_on_newer_cases_goes_into_use(cast: Cast) -> None:
    decided_cases(cast)
    found = taught()
    assert found.adopted and found.adopted.number == 1 and found.recall.value > 0.9
    assert found.precision.value > 0.9 and found.ahead.value == found.recall.value
    assert found.ordinary and found.rang == 0 and 0 < found.threshold < 1
    event = Event.objects.get(verb="taxonomy.class_model_adopted")
    assert event.data["kind"] == RADAR and event.data["threshold"] == found.threshold
    assert event.data["assumed"] > 0, "closed cases without a flag taught as ordinary ones"


def test_a_registered_case_gets_its_flag_where_no_words_find_it(cast: Cast) -> None:
    decided_cases(cast)
    row = taught().adopted
    case = spoken(cast)
    flag = case.flags.get()
    assert codes(case) == ["model"] and Case.objects.get(pk=case.pk).is_sensitive
    assert flag.model == row and flag.chance and flag.chance >= row.facts["threshold"]
    event = Event.objects.filter(verb="case.flagged").latest("pk")
    assert event.data == {
        "rules": ["model"],
        "model": {"number": 1, "percent": round(100 * flag.chance)},
    }
    assert Message.objects.filter(code="case.flagged", recipient=cast.supervisor).exists()
    assert codes(spoken(cast, "菜场掉色盼复")) == []
    assert codes(spoken(cast, f"{SPOKEN}，食物中毒")) == ["injury"], "one flag for one reason"


def test_the_desk_says_how_sure_it_is_and_precision_counts_it(cast: Cast) -> None:
    decided_cases(cast)
    assert taught().adopted
    flag = spoken(cast).flags.get()
    client = seat(cast.supervisor)
    said = f"模型 1 号，{round(100 * (flag.chance or 0))} %"
    for address in (reverse("radar"), reverse("case", args=[flag.case.number])):
        page = client.get(address).content.decode()
        assert said in page and "<mark>猝倒</mark>" in page
    act = reverse("radar-act", args=[flag.pk, "dismiss"])
    assert client.post(act, {"reason": "误报"}).status_code == 302
    assert not Case.objects.get(pk=flag.case_id).is_sensitive
    told = precision_by_rule(cast.supervisor, AT - timedelta(days=1))["model"]
    assert (told.confirmed, told.dismissed) == (0, 1)
    Case.objects.exclude(pk=flag.case_id).delete()
    found = figure("radar_precision", period=Period.of_day(flag.case.received_at.date()))
    assert (found.numerator, found.denominator) == (0, 1), "the mirror's measure counts the model's flags too"


def test_it_is_seen_and_switched_off_among_the_rules(cast: Cast) -> None:
    client = seat(cast.supervisor)
    assert "尚无模型" in client.get(reverse("radar-rules")).content.decode()
    decided_cases(cast)
    assert taught().adopted
    assert "1 号" in client.get(reverse("radar-rules")).content.decode()
    bench = client.get(reverse("radar-rule"), {"code": "model"})
    assert "询问模型" in bench.content.decode() and "id_rule" not in bench.content.decode()
    assert client.post(reverse("radar-rule-save"), {"known": "model"}).status_code == 302
    version = SensitiveVersion.objects.get(rule__code="model", number=2)
    assert not version.is_watched and version.wording == {"model": True}
    SensitiveVersion.objects.filter(pk=version.pk).update(valid_from=AT - timedelta(minutes=1))
    assert codes(spoken(cast)) == []


def test_a_model_rule_cannot_be_made_from_words_nor_words_from_it(cast: Cast) -> None:
    for code, wording in (
        ("model", {"text": "口罩"}),
        ("injury", {"model": True}),
        ("other", {"model": True}),
    ):
        with pytest.raises(ValueError):
            change_sensitive_rule(SensitiveDraft(code, "名", wording), by=cast.supervisor, at=AT)


def test_local_policy_asks_for_more_than_training_did(cast: Cast) -> None:
    decided_cases(cast)
    row = taught().adopted
    assert row
    row.facts["threshold"] = 0.0
    row.save()
    assert codes(spoken(cast, "菜场掉色盼复")) == ["model"]
    change_setting("radar.model_least_percent", 50, by=cast.supervisor, at=AT)
    assert codes(spoken(cast, "菜场掉色盼复")) == [] and codes(spoken(cast)) == ["model"]


def test_a_broken_file_flags_nothing_and_is_told(
    cast: Cast, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    decided_cases(cast)
    row = taught().adopted
    flagged = spoken(cast)
    broken = tmp_path / "broken"
    broken.write_bytes(b"PK half a model")
    storage().put(model_key(row.digest), broken)
    class_models.forget()
    with caplog.at_level(logging.ERROR):
        assert codes(spoken(cast, "书店猝倒求查")) == []
    assert "the digest differs" in caplog.text
    page = seat(cast.supervisor).get(reverse("radar")).content.decode()
    assert flagged.number in page and "<mark>" not in page


def test_a_replay_of_days_before_it_has_no_model(cast: Cast) -> None:
    decided_cases(cast)
    row = taught().adopted
    with gathered():
        early = registered(cast.call_taker, matter(narrative=SPOKEN), at=AT - timedelta(days=1)).cases.get
        late = registered(cast.call_taker, matter(narrative=SPOKEN), at=AT + timedelta(days=1)).cases.get
    assert codes(early()) == [] and codes(late()) == ["model"] and late().flags.get().model == row
    assert not Message.objects.filter(code="case.flagged").exists()


def test_nothing_changes_without_cases_that_no_model_has_seen(cast: Cast) -> None:
    decided_cases(cast)
    assert taught().adopted
    again = taught()
    assert again.adopted is None and again.ahead.value == 0 and ClassModel.objects.count() == 1


def test_a_later_model_wins_where_people_decide_otherwise(cast: Cast) -> None:
    decided_cases(cast)
    assert taught().adopted
    Case.objects.exclude(flags=None).delete()
    decided_cases(cast, swapped=True, since=AT - timedelta(hours=20))
    found = taught()
    assert found.adopted and found.adopted.number == 2 and found.ahead.value > 0


def test_flags_of_counting_and_open_ones_teach_nothing(cast: Cast) -> None:
    decided_cases(cast)
    rule = SensitiveVersion.objects.get(rule__code="repeated")
    SensitiveFlag.objects.update(version=rule, contacts=3)
    with pytest.raises(TooFew, match="no flag"):
        taught()
    SensitiveFlag.objects.update(
        version=SensitiveVersion.objects.get(rule__code="injury"),
        state=FlagState.OPEN, decided_by=None, decided_at=None, reason="",
    )  # fmt: skip
    with pytest.raises(TooFew, match="no flag"):
        taught()


def test_what_people_decide_at_random_gives_no_model(cast: Cast) -> None:
    decided_cases(cast)
    change_setting("radar.model_precision_percent", 95, by=cast.supervisor, at=AT)
    coin = Random(1)
    for flag in SensitiveFlag.objects.order_by("pk"):
        flag.state = FlagState.CONFIRMED if coin.random() < 0.4 else FlagState.DISMISSED
        flag.save()
    with contextlib.suppress(TooFew):  # not even a threshold
        assert taught().adopted is None
    assert adopted(RADAR) is None


def test_the_command_says_what_came_of_it(cast: Cast) -> None:
    out = io.StringIO()
    call_command("train", "radar", stdout=out, stderr=io.StringIO())
    assert "radar：没有变化" in out.getvalue()
    decided_cases(cast)
    words = ["--rehearsed"] if Case.objects.values_list("is_synthetic", flat=True)[0] else []
    call_command("train", "radar", *words, stdout=out, stderr=io.StringIO())
    assert "已启用，编号 1" in out.getvalue()


def test_the_table_refuses_a_chance_without_a_model(cast: Cast) -> None:
    one_case(cast.call_taker, narrative="食物中毒送医院")
    with pytest.raises(IntegrityError), transaction.atomic():
        SensitiveFlag.objects.update(chance=0.5)
