"""Agents and joint complaints: what the law asks for, what representatives cannot do alone, and erasure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import complaints, dispatching, mediation, parties, people
from suqing.cases.actions.joint import require_joint_consent
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.agency import Authority, JointAct, warnings
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, JointComplainant, JointConsent, Party, Representation
from suqing.cases.queries.people import people_of
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.models import Event
from suqing.ledger.queries import decrypt_for, open_personal
from suqing.ledger.writing import gathered
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, SHANGHAI, Cast
from tests.ledger.threads import threads

LATER = AT + timedelta(days=1)
TODAY = AT.date()
IN_121 = datetime(2026, 5, 6, 10, 0, tzinfo=SHANGHAI)
AGENT = PartyInput("赵代理", "13900002222", "吴中区宝带路2号", "320508198001011234")
LI = PartyInput("李小红", "13700003333")
ZHOU = PartyInput("周小强", "13600004444")


def dispatched(centre: Cast, *, at: datetime = AT) -> Case:
    case = one_case(centre.call_taker, at=at)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def represented_by(case: Case, by: Person, *, at: datetime = AT, **changes: object) -> Representation:
    given: dict[str, object] = {
        "agent": AGENT,
        "matters": "代为投诉口罩价格",
        "authority": "special",
        "has_original": True,
        "has_agent_identity": True,
    }
    return people.add_agent(case=case, by=by, at=at, **{**given, **changes})  # type: ignore[arg-type]


def joint(centre: Cast, *, at: datetime = AT) -> tuple[Case, list[JointComplainant]]:
    """A joint complaint of Wang, Li and Zhou at Gusu; Wang is first."""
    case = dispatched(centre, at=at)
    for party in (LI, ZHOU):
        people.join(case=case, party=party, consented_on=at.date(), by=centre.handler, at=at)
    return case, list(JointComplainant.objects.filter(case=case).order_by("id"))


def consent(centre: Cast, case: Case, act: str, *who: JointComplainant) -> None:
    people.record_joint_consent(
        case=case, act=act, complainants=who, given_on=AT.date(), by=centre.handler, at=LATER
    )


# Agents


@pytest.mark.django_db
def test_an_agent_is_kept_under_a_key_of_their_own(centre: Cast) -> None:
    case = dispatched(centre)
    acting = represented_by(case, centre.handler, valid_until=date(2020, 6, 30))
    agent = acting.agent
    assert (agent.name_masked, agent.phone_masked, acting.valid_until) == (
        "赵**",
        "139****2222",
        date(2020, 6, 30),
    )
    assert agent.id_number_cipher is not None
    assert decrypt_for(agent.key_subject, bytes(agent.id_number_cipher)) == AGENT.id_number
    told = Event.objects.get(verb="case.agent_added")
    assert AGENT.name not in str(told.data)
    assert AGENT.phone not in str(told.data)
    assert open_personal(told)[agent.key_subject]["name"] == AGENT.name
    case.refresh_from_db()
    assert (case.revision, case.state) == (3, State.DISPATCHED)


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "article"), [(AT, "O20:10"), (IN_121, "O121:11")])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"has_original": False}, "has_original"),
        ({"has_agent_identity": False}, "has_agent_identity"),
        ({"matters": " "}, "matters"),
        ({"authority": "royal"}, "authority"),
        ({"valid_until": date(2020, 1, 26)}, "valid_until"),
        ({"agent": PartyInput(" ", "13900002222")}, "name"),
    ],
)
def test_what_a_power_of_attorney_needs(
    centre: Cast, at: datetime, article: str, changes: dict[str, object], field: str
) -> None:
    case = dispatched(centre, at=at)
    with pytest.raises(Refused) as refused:
        represented_by(case, centre.handler, at=at, **changes)
    assert (refused.value.field, refused.value.article) == (field, article)
    assert not Representation.objects.exists()
    assert Party.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agent": PartyInput("赵", "打不通")}, "phone"),
        ({"agent": PartyInput("赵" * 61)}, "name"),
        ({"agent": PartyInput("赵", "", "", "1" * 41)}, "id_number"),
        ({"matters": "代" * 501}, "matters"),
        ({"agent": PartyInput("王小明", "13800001234")}, "name"),
    ],
)
def test_what_cannot_be_kept_of_an_agent(centre: Cast, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        represented_by(dispatched(centre), centre.handler, **changes)
    assert refused.value.field == field


@pytest.mark.django_db
def test_one_agent_acts_at_a_time(centre: Cast) -> None:
    case = dispatched(centre)
    represented_by(case, centre.handler)
    with pytest.raises(Refused):
        represented_by(case, centre.handler, agent=LI)
    people.end_agent(case=case, by=centre.handler, at=LATER)
    with pytest.raises(Refused):
        people.end_agent(case=case, by=centre.handler, at=LATER)
    represented_by(case, centre.handler, agent=LI)
    acting = people_of(Case.objects.get(pk=case.pk)).agent
    assert acting is not None
    assert acting.agent.name_masked == "李**"


@pytest.mark.parametrize(
    ("authority", "until", "count"),
    [
        (Authority.SPECIAL, None, 0),
        (Authority.SPECIAL, TODAY, 0),
        (Authority.SPECIAL, TODAY - timedelta(days=1), 1),
        (Authority.GENERAL, None, 1),
        (Authority.GENERAL, TODAY - timedelta(days=1), 2),
    ],
)
def test_an_agents_limits_are_warned_of(authority: str, until: date | None, count: int) -> None:
    assert len(warnings(authority, until, TODAY)) == count


@pytest.mark.django_db
def test_a_warning_stops_no_settlement(centre: Cast) -> None:
    case = dispatched(centre)
    represented_by(case, centre.handler, authority="general", valid_until=TODAY)
    complaints.accept(case=case, by=centre.handler, at=LATER)
    ended = mediation.terminate(
        case=case, ground="settled", note="双方自行和解", by=centre.handler, at=LATER + timedelta(days=9)
    )
    assert ended.state == State.CLOSED


# Who and when


@pytest.mark.django_db
def test_the_centre_records_before_dispatch_and_the_unit_afterwards(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    with pytest.raises(NotPermitted):
        represented_by(case, centre.handler)
    represented_by(case, centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    for person, error in (
        (centre.call_taker, NotPermitted),
        (centre.other_handler, NotYours),
        (centre.analyst, NotPermitted),
    ):
        with pytest.raises(error):
            people.end_agent(case=case, by=person, at=LATER)
    people.end_agent(case=case, by=centre.head, at=LATER)


@pytest.mark.django_db
def test_ended_complaints_and_other_kinds_have_none_of_it(centre: Cast) -> None:
    ended = complaints.withdraw(case=dispatched(centre), note="撤回", by=centre.handler, at=LATER)
    with pytest.raises(Refused):
        represented_by(ended, centre.handler)
    report = one_case(centre.call_taker, Kind.REPORT)
    with pytest.raises(Refused):
        people.join(case=report, party=LI, consented_on=TODAY, by=centre.call_taker, at=AT)


@pytest.mark.django_db
def test_a_page_out_of_date_changes_nothing(centre: Cast) -> None:
    case = dispatched(centre)
    seen = case.revision
    represented_by(case, centre.handler)
    with pytest.raises(Stale):
        people.join(case=case, party=LI, consented_on=TODAY, by=centre.handler, at=AT, revision=seen)
    assert not JointComplainant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_recording_an_agent_at_once_record_one(centre: Cast) -> None:
    case = dispatched(centre)
    start = Barrier(2)

    def record(agent: PartyInput) -> str:
        start.wait()
        try:
            represented_by(case, centre.handler, agent=agent)
        except Refused:
            return "refused"
        return "recorded"

    with threads() as running:
        work = [running.start(record, one) for one in (LI, ZHOU)]
    assert sorted(one.result() for one in work) == ["recorded", "refused"]
    assert Representation.objects.filter(case=case, ended_at=None).count() == 1


# Joint complaints


@pytest.mark.django_db
def test_the_first_to_join_makes_the_complaint_a_joint_one(centre: Cast) -> None:
    case, rows = joint(centre)
    assert [row.party_id == case.party_id for row in rows] == [True, False, False]
    assert [row.consented_on for row in rows] == [TODAY] * 3
    assert [event.data["count"] for event in Event.objects.filter(verb="case.joined").order_by("id")] == [
        2,
        3,
    ]
    assert people_of(Case.objects.get(pk=case.pk)).is_joint


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "changes", "field"),
    [
        (PartyInput("", "13700003333"), {}, "name"),
        (PartyInput("李小红"), {}, "phone"),
        (LI, {"consented_on": TODAY + timedelta(days=1)}, "consented_on"),
        (LI, {"first_consented_on": TODAY + timedelta(days=1)}, "first_consented_on"),
        (PartyInput("王小明", "138 0000 1234"), {}, "name"),
    ],
)
def test_who_joins_is_known_consents_and_is_somebody_else(
    centre: Cast, party: PartyInput, changes: dict[str, date], field: str
) -> None:
    given = {"consented_on": TODAY, **changes}
    with pytest.raises(Refused) as refused:
        people.join(case=dispatched(centre), party=party, by=centre.handler, at=AT, **given)
    assert refused.value.field == field
    assert not JointComplainant.objects.exists()


@pytest.mark.django_db
def test_nobody_joins_twice_but_may_come_back(centre: Cast) -> None:
    case, rows = joint(centre)
    with pytest.raises(Refused):
        people.join(case=case, party=LI, consented_on=TODAY, by=centre.handler, at=LATER)
    people.leave(case=case, complainant=rows[1], by=centre.handler, at=LATER)
    people.join(case=case, party=LI, consented_on=TODAY, by=centre.handler, at=LATER)
    assert JointComplainant.objects.filter(case=case, left_at=None).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "article"), [(AT, "O20:11"), (IN_121, "O121:12")])
def test_at_most_two_representatives_of_those_who_take_part(centre: Cast, at: datetime, article: str) -> None:
    case, rows = joint(centre, at=at)
    for chosen in (rows, [], [JointComplainant(pk=10**9)]):
        with pytest.raises(Refused) as refused:
            people.choose_representatives(
                case=case, complainants=chosen, chosen_on=at.date(), by=centre.handler, at=at
            )
        assert (refused.value.field, refused.value.article) == ("complainants", article)
    people.choose_representatives(
        case=case, complainants=rows[:2], chosen_on=at.date(), by=centre.handler, at=at
    )
    found = JointComplainant.objects.filter(case=case, is_representative=True)
    assert [(row.pk, row.chosen_on) for row in found.order_by("id")] == [
        (row.pk, at.date()) for row in rows[:2]
    ]


@pytest.mark.django_db
def test_one_complainant_chooses_no_representative(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        people.choose_representatives(
            case=dispatched(centre), complainants=[], chosen_on=TODAY, by=centre.handler, at=AT
        )
    assert refused.value.article == "O20:11"


@pytest.mark.django_db
def test_a_change_of_representatives_needs_those_represented_and_uses_their_consent_up(centre: Cast) -> None:
    case, rows = joint(centre)
    first, second, third = rows

    def choose(*chosen: JointComplainant) -> None:
        people.choose_representatives(
            case=case, complainants=chosen, chosen_on=TODAY, by=centre.handler, at=LATER
        )

    choose(first)
    with pytest.raises(Refused) as refused:
        choose(second)
    assert (refused.value.article, refused.value.values) == ("O20:11", {"count": 2})
    consent(centre, case, "change_representative", second)
    with pytest.raises(Refused):
        choose(second)
    consent(centre, case, "change_representative", third)
    choose(second)
    assert not JointConsent.objects.filter(used_at=None).exists()
    with pytest.raises(Refused):
        choose(first)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "who", "field"),
    [("steal", 2, "act"), ("settle", 0, "complainants"), ("settle", None, "complainants")],
)
def test_only_those_represented_consent_and_to_what_the_article_names(
    centre: Cast, act: str, who: int | None, field: str
) -> None:
    case, rows = joint(centre)
    people.choose_representatives(case=case, complainants=rows[:1], chosen_on=TODAY, by=centre.handler, at=AT)
    with pytest.raises(Refused) as refused:
        consent(centre, case, act, *([] if who is None else [rows[who]]))
    assert (refused.value.field, refused.value.article) == (field, "O20:11")


@pytest.mark.django_db
def test_a_consent_is_recorded_once_and_not_ahead_of_its_day(centre: Cast) -> None:
    case, rows = joint(centre)
    consent(centre, case, "settle", rows[1])
    with pytest.raises(Refused):
        consent(centre, case, "settle", rows[1])
    with pytest.raises(Refused) as refused:
        people.record_joint_consent(
            case=case,
            act="settle",
            complainants=[rows[2]],
            given_on=TODAY + timedelta(days=9),
            by=centre.handler,
            at=LATER,
        )
    assert refused.value.field == "given_on"


@pytest.mark.django_db
def test_a_withdrawal_needs_everybody(centre: Cast) -> None:
    case, rows = joint(centre)
    with pytest.raises(Refused) as refused:
        complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER)
    assert refused.value.article == "O20:11"
    consent(centre, case, "settle", rows[1], rows[2])
    with pytest.raises(Refused):
        complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER)
    consent(centre, case, "give_up", rows[1], rows[2])
    assert complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER).has_ended


@pytest.mark.django_db
def test_a_mediation_agreement_needs_those_represented(centre: Cast) -> None:
    case, rows = joint(centre)
    people.choose_representatives(case=case, complainants=rows[:2], chosen_on=TODAY, by=centre.handler, at=AT)
    complaints.accept(case=case, by=centre.handler, at=LATER)
    mediation.mediate(case=case, both_consent=True, by=centre.handler, at=LATER)
    with pytest.raises(Refused) as refused:
        mediation.conclude(case=case, note="退还差价", by=centre.handler, at=LATER)
    assert refused.value.article == "O20:11"
    case.refresh_from_db()
    assert case.state == State.MEDIATING
    consent(centre, case, "settle", rows[2])
    assert mediation.conclude(case=case, note="退还差价", by=centre.handler, at=LATER).has_ended


@pytest.mark.django_db
@pytest.mark.parametrize(("ground", "act"), [("withdrawn", "give_up"), ("settled", "settle")])
def test_a_termination_by_the_complainants_needs_them_all(centre: Cast, ground: str, act: str) -> None:
    case, rows = joint(centre)
    complaints.accept(case=case, by=centre.handler, at=LATER)

    def terminate() -> Case:
        return mediation.terminate(case=case, ground=ground, note="撤回", by=centre.handler, at=LATER)

    with pytest.raises(Refused):
        terminate()
    consent(centre, case, act, *rows[1:])
    assert terminate().has_ended


@pytest.mark.django_db
def test_a_refusal_by_the_operator_needs_nobodys_consent(centre: Cast) -> None:
    case, _rows = joint(centre)
    complaints.accept(case=case, by=centre.handler, at=LATER)
    ended = mediation.terminate(
        case=case, ground="respondent_refuses", note="拒绝", by=centre.handler, at=LATER
    )
    assert ended.has_ended


@pytest.mark.django_db
def test_who_leaves_is_asked_no_more_and_the_first_cannot_leave(centre: Cast) -> None:
    case, rows = joint(centre)
    with pytest.raises(Refused) as refused:
        people.leave(case=case, complainant=rows[0], by=centre.handler, at=LATER)
    assert refused.value.field == "complainant"
    people.leave(case=case, complainant=rows[1], by=centre.handler, at=LATER)
    with pytest.raises(Refused):
        people.leave(case=case, complainant=rows[1], by=centre.handler, at=LATER)
    consent(centre, case, "give_up", rows[2])
    assert complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER).has_ended


@pytest.mark.django_db
def test_once_only_the_first_is_left_nobody_is_asked(centre: Cast) -> None:
    case, rows = joint(centre)
    for row in rows[1:]:
        people.leave(case=case, complainant=row, by=centre.handler, at=LATER)
    assert complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER).has_ended


@pytest.mark.django_db
def test_a_single_complaint_asks_no_consent(centre: Cast) -> None:
    require_joint_consent(dispatched(centre), JointAct.SETTLE, at=AT)


@pytest.mark.django_db
def test_a_gathered_block_keeps_the_rule_for_who_joins_inside_it(centre: Cast) -> None:
    case = dispatched(centre)
    with gathered():
        people.join(case=case, party=LI, consented_on=TODAY, by=centre.handler, at=AT)
        with pytest.raises(Refused):
            require_joint_consent(case, JointAct.SETTLE, at=AT)
    assert JointComplainant.objects.filter(case=case).count() == 2


@pytest.mark.django_db
def test_a_gathered_block_asks_once_whether_any_case_is_joint(centre: Cast) -> None:
    cases = [dispatched(centre) for _ in range(3)]
    with CaptureQueriesContext(connection) as asked, gathered():
        for case in cases:
            complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER)
    assert len([one for one in asked.captured_queries if "cases_jointcomplainant" in one["sql"]]) == 1


# Erasure


@pytest.mark.django_db
def test_erasing_a_complainant_erases_an_agent_known_only_through_them(centre: Cast) -> None:
    case = dispatched(centre)
    agent = represented_by(case, centre.handler, matters="代赵代理的姐姐投诉，电话13900002222").agent
    assert case.party is not None
    parties.erase(party=case.party, reason="本人申请", by=centre.supervisor, at=LATER)
    agent.refresh_from_db()
    assert agent.erased_at == LATER
    assert (agent.name_cipher, agent.phone_hash, agent.name_masked) == (None, "", "")
    assert "13900002222" not in Representation.objects.get(case=case).matters
    assert open_personal(Event.objects.get(verb="case.agent_added")) == {}


@pytest.mark.django_db
def test_an_agent_who_also_turned_to_the_centre_stays(centre: Cast) -> None:
    registered(centre.call_taker, matter(), party=AGENT)
    case = dispatched(centre)
    agent = represented_by(case, centre.handler).agent
    assert case.party is not None
    parties.erase(party=case.party, reason="本人申请", by=centre.supervisor, at=LATER)
    agent.refresh_from_db()
    assert (agent.erased_at, agent.name_masked) == (None, "赵**")


@pytest.mark.django_db
def test_joint_complainants_stay_while_their_complaint_is_open_and_go_once_it_has_ended(centre: Cast) -> None:
    case, rows = joint(centre)
    assert case.party is not None
    parties.erase(party=case.party, reason="本人申请", by=centre.supervisor, at=LATER)
    assert Party.objects.get(pk=rows[1].party_id).erased_at is None
    other, others = joint_of_others(centre)
    complaints.refuse(case=other, ground="other", note="不予受理", by=centre.handler, at=LATER)
    assert other.party is not None
    parties.erase(party=other.party, reason="本人申请", by=centre.supervisor, at=LATER)
    assert Party.objects.get(pk=others[1].party_id).erased_at == LATER


def joint_of_others(centre: Cast) -> tuple[Case, list[JointComplainant]]:
    case = registered(centre.call_taker, matter(), party=PartyInput("孙一", "13500005555")).cases.get()
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    party = PartyInput("钱二", "13500006666")
    people.join(case=case, party=party, consented_on=TODAY, by=centre.handler, at=AT)
    return Case.objects.select_related("party").get(pk=case.pk), list(
        JointComplainant.objects.filter(case=case).order_by("id")
    )


@pytest.mark.django_db
def test_erasing_a_joint_complainant_leaves_the_others(centre: Cast) -> None:
    case, rows = joint(centre)
    going = Party.objects.get(pk=rows[1].party_id)
    parties.erase(party=going, reason="本人申请", by=centre.supervisor, at=LATER)
    assert case.party is not None
    case.party.refresh_from_db()
    assert case.party.erased_at is None
    shown = people_of(Case.objects.get(pk=case.pk)).complainants
    assert [row.party.name_masked for row in shown] == ["王**", "", "周**"]
