"""Documents of a case: issued with a number, kept encrypted, void with a reason, never telling too much."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from datetime import datetime, timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from suqing.accounts.actions import appoint, create_person
from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import complaints, dispatching
from suqing.cases.actions.document_numbers import kind_word, unit_word
from suqing.cases.actions.documents import issue_document, void_document
from suqing.cases.actions.leads import find_leads
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.parties import erase
from suqing.cases.forms import FORMS
from suqing.cases.intake import LOCAL_ZONE, PartyInput
from suqing.cases.models import Case, CaseDocument
from suqing.cases.queries.document_facts import prefilled
from suqing.cases.queries.documents import documents_of, file_of, fitting, offered
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from suqing.ledger.queries import open_personal
from tests.cases.examples import WANG, matter, one_case, registered
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
NEW = datetime(2026, 5, 6, 9, 0, tzinfo=LOCAL_ZONE)


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT, at: datetime = AT) -> Case:
    case = one_case(centre.call_taker, kind, at=at)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def accepted(centre: Cast, at: datetime = AT) -> Case:
    return complaints.accept(case=dispatched(centre, at=at), by=centre.handler, at=at)


def refused(centre: Cast, at: datetime = AT) -> Case:
    case = dispatched(centre, at=at)
    ground, note = "not_competent", "该争议由其他部门管理"
    return complaints.refuse(case=case, ground=ground, note=note, by=centre.handler, at=at)


def issued(case: Case, form: str, by: Person, at: datetime = LATER, **fields: str) -> CaseDocument:
    return issue_document(case=case, form=form, fields=fields, by=by, at=at)


def text_of(document: CaseDocument) -> str:
    fresh = CaseDocument.objects.select_related("case", "unit").get(pk=document.pk)
    with zipfile.ZipFile(io.BytesIO(file_of(fresh).data)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    return "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", "".join(parts))) + "".join(
        re.findall(r"<(?:dc|cp):\w+[^>]*>([^<]*)<", "".join(parts))
    )


# Issuing


def test_an_acceptance_is_filled_from_the_case_and_numbered(centre: Cast) -> None:
    document = issued(accepted(centre), "acceptance", centre.handler)
    assert document.number == "姑苏市监投受﹝2020﹞第1号"
    assert (document.unit, document.year, document.serial, document.form_set) == (
        centre.gusu,
        2020,
        1,
        "2019",
    )
    text = text_of(document)
    for words in ("王小明", "平江大药房", "姑苏区市场监督管理局", document.number, "2020年1月28日"):
        assert words in text


def test_a_case_of_2026_gets_a_form_of_2026(centre: Cast) -> None:
    document = issued(accepted(centre, NEW), "acceptance", centre.handler, NEW)
    assert document.form_set == "2026"
    assert "六十日" in text_of(document)


def test_a_refusal_carries_its_ground_by_itself(centre: Cast) -> None:
    text = text_of(issued(refused(centre, NEW), "refusal", centre.handler, NEW))
    assert "第十六条第一款第（一）项" in text
    assert "该争议由其他部门管理" in text


def test_what_is_typed_takes_the_place_of_what_is_known_but_not_of_what_is_fixed(centre: Cast) -> None:
    case = accepted(centre)
    typed = {"respondent": "苏州平江药业有限公司", "case_number": "TS1"}
    text = text_of(issued(case, "acceptance", centre.handler, **typed))
    assert "苏州平江药业有限公司" in text
    assert case.number in text
    assert "TS1" not in text.replace(case.number, "")


def test_a_dispatch_notice_goes_out_from_the_centre_with_the_day_to_report_back(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    day = (AT + timedelta(days=9)).date()
    case = dispatching.dispatch(
        case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT, report_back_on=day
    )
    document = issued(case, "dispatch_notice", centre.dispatcher)
    assert document.unit == centre.centre
    assert document.number == "苏州市监分送﹝2020﹞第1号"
    text = text_of(document)
    assert "姑苏区市场监督管理局" in text
    assert "将处理结果于2020年2月5日前报告我中心" in text


def test_the_file_is_the_same_each_time_and_as_the_event_says(centre: Cast) -> None:
    case = accepted(centre)
    document = issued(case, "acceptance", centre.handler)
    first = file_of(CaseDocument.objects.get(pk=document.pk)).data
    assert first == file_of(CaseDocument.objects.get(pk=document.pk)).data
    event = Event.objects.get(verb="case.document_issued")
    assert event.data["sha256"] == hashlib.sha256(first).hexdigest()
    assert (event.subject_type, event.subject_id) == ("case", str(case.pk))
    assert "王小明" not in str(event.data)


def test_a_document_does_not_change_with_the_case(centre: Cast) -> None:
    case = accepted(centre)
    document = issued(case, "acceptance", centre.handler)
    before = file_of(document).data
    Case.objects.filter(pk=case.pk).update(entity_name="另一家店")
    assert file_of(CaseDocument.objects.get(pk=document.pk)).data == before


def test_nothing_personal_lies_in_the_row_in_plain(centre: Cast) -> None:
    document = issued(accepted(centre), "complaint_registration", centre.handler)
    row = CaseDocument.objects.get(pk=document.pk)
    plain = [value for name, value in vars(row).items() if isinstance(value, str)]
    assert WANG.name not in "".join(plain)
    assert WANG.name.encode() not in bytes(row.content_cipher)
    assert row.content_subject.startswith("party:")


# Numbers


def test_numbers_run_by_unit_and_year_over_all_forms(centre: Cast) -> None:
    case = accepted(centre)
    one = issued(case, "acceptance", centre.handler)
    two = issued(case, "complaint_registration", centre.handler)
    three = issued(case, "complaint_registration", centre.handler, AT + timedelta(days=400))
    assert (one.serial, two.serial, three.serial) == (1, 2, 1)
    assert (two.year, three.year) == (2020, 2021)
    other = issued(one_case(centre.call_taker), "complaint_registration", centre.dispatcher)
    assert (other.unit, other.serial) == (centre.centre, 1)


def test_the_words_of_a_number_are_local_policy(centre: Cast) -> None:
    change_setting("documents.unit_words", {"sz-gusu": "苏姑"}, by=SYSTEM, at=AT)
    change_setting("documents.kind_words", {"*": {"acceptance": "受"}}, by=SYSTEM, at=AT)
    assert issued(accepted(centre), "acceptance", centre.handler).number == "苏姑市监受﹝2020﹞第1号"
    change_setting("documents.kind_words", {"sz-gusu": {"acceptance": "诉受"}}, by=SYSTEM, at=AT)
    assert kind_word(centre.gusu, FORMS["acceptance"]) == "诉受"
    assert kind_word(centre.wuzhong, FORMS["acceptance"]) == "投受"
    for value in ({"*": {"no_such_form": "受"}}, {"*": {"acceptance": "受" * 11}}):
        with pytest.raises(BadSetting):
            change_setting("documents.kind_words", value, by=SYSTEM, at=AT)


def test_without_a_word_of_its_own_a_unit_has_the_place_in_its_name(centre: Cast) -> None:
    assert [unit_word(unit) for unit in (centre.gusu, centre.bureau, centre.centre)] == [
        "姑苏",
        "苏州",
        "苏州",
    ]


# Refusals


def test_only_who_may_take_the_step_issues_its_document(centre: Cast) -> None:
    case = accepted(centre)
    for person in (centre.call_taker, centre.dispatcher, centre.supervisor, centre.analyst, centre.stranger):
        with pytest.raises(NotPermitted):
            issued(case, "acceptance", person)
    with pytest.raises(NotYours):
        issued(case, "acceptance", centre.other_handler)
    with pytest.raises(NotPermitted):
        issued(dispatched(centre), "dispatch_notice", centre.handler)
    assert not CaseDocument.objects.exists()


def test_a_form_that_does_not_fit_is_refused(centre: Cast) -> None:
    case = accepted(centre)
    for form in ("refusal", "identity_notice", "report_filed", "no_such_form"):
        with pytest.raises(Refused):
            issued(case, form, centre.handler)
    before = one_case(centre.call_taker, at=datetime(2019, 12, 2, 9, 0, tzinfo=LOCAL_ZONE))
    assert fitting(before) == []


def test_a_wrong_field_is_named_and_nothing_is_numbered(centre: Cast) -> None:
    case = accepted(centre)
    for fields, field in (({"respondent": " "}, "respondent"), ({"accepted_on": "昨天"}, "accepted_on")):
        with pytest.raises(Refused) as caught:
            issued(case, "acceptance", centre.handler, **fields)
        assert caught.value.field == field
    assert issued(case, "acceptance", centre.handler).serial == 1


def test_a_decision_is_issued_once_until_it_is_void(centre: Cast) -> None:
    case = accepted(centre)
    first = issued(case, "acceptance", centre.handler)
    with pytest.raises(Refused, match=first.number):
        issued(case, "acceptance", centre.handler)
    void_document(document=first, reason="姓名有误", by=centre.handler, at=LATER)
    again = issued(case, "acceptance", centre.handler)
    assert again.serial == 2  # a void number is not given again


def test_a_page_that_is_out_of_date_issues_nothing(centre: Cast) -> None:
    case = accepted(centre)
    with pytest.raises(Stale):
        issue_document(
            case=case, form="acceptance", fields={}, by=centre.handler, at=LATER, revision=case.revision - 1
        )
    assert not CaseDocument.objects.exists()


def test_nothing_is_issued_for_a_case_in_the_archive(centre: Cast) -> None:
    case = refused(centre)
    Case.objects.filter(pk=case.pk).update(archived_at=LATER)
    with pytest.raises(Refused) as caught:
        issued(case, "refusal", centre.handler)
    assert caught.value.article == "PROC:78"
    case.refresh_from_db()
    assert offered(centre.handler, case) == []


def test_an_anonymous_reporter_cannot_be_written_to(centre: Cast) -> None:
    case = registered(
        centre.call_taker, matter(Kind.REPORT, is_real_name=False), party=PartyInput("", "", "")
    ).cases.get()
    Case.objects.filter(pk=case.pk).update(state=State.FILED, responsible_unit=centre.gusu)
    with pytest.raises(Refused, match="nobody to write to"):
        issued(case, "report_filed", centre.handler)


def test_the_paper_of_an_anonymous_report_names_nobody(centre: Cast) -> None:
    words = "我叫王小明，电话13800001234，平江大药房囤积口罩"
    case = registered(centre.call_taker, matter(Kind.REPORT, is_real_name=False, narrative=words)).cases.get()
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert "report_registration" in {form.code for form in fitting(case)}
    text = text_of(issued(case, "report_registration", centre.handler))
    assert "匿名" in text
    assert "囤积口罩" in text
    for secret in (WANG.name, WANG.phone, WANG.address):
        assert secret not in text


# What must not be told


@pytest.mark.parametrize("told", [WANG.phone, "138-0000-1234", "138 0000 1234", WANG.address])
def test_a_paper_for_the_other_side_never_tells_how_to_reach_the_complainant(centre: Cast, told: str) -> None:
    case = accepted(centre)
    fields = {
        "session_at": "2020-02-03T14:30",
        "mode": "on_site",
        "mediators": "顾办理",
        "dispute": f"口罩价格，联系{told}",
    }
    with pytest.raises(Refused) as caught:
        issued(case, "mediation_notice", centre.handler, **fields)
    assert (caught.value.field, caught.value.article) == ("dispute", "O20:35")
    text = text_of(issued(case, "mediation_notice", centre.handler, **{**fields, "dispute": "口罩价格"}))
    assert WANG.name in text
    for secret in (WANG.phone, WANG.address):
        assert secret not in text


def both(centre: Cast) -> tuple[Case, Case]:
    """A contact that holds a complaint and a report with words of its own."""
    secret = "店员私下说仓库里囤积了五百箱口罩准备涨价"
    told = registered(
        centre.call_taker,
        matter(Kind.COMPLAINT, narrative="在观前街药店买口罩三十元一只，要求退款"),
        matter(Kind.REPORT, narrative=secret),
    )
    complaint, report = told.cases.get(kind=Kind.COMPLAINT), told.cases.get(kind=Kind.REPORT)
    for case in (complaint, report):
        dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    return complaints.accept(case=complaint, by=centre.handler, at=AT), report


def test_nothing_of_a_report_is_filled_into_a_paper_of_the_complaint(centre: Cast) -> None:
    complaint, report = both(centre)
    for form in fitting(complaint):
        values = prefilled(complaint, form, by=centre.handler, at=LATER, plain=True)
        assert report.number not in str(values), form.code
        assert "五百箱" not in str(values), form.code


def test_nothing_of_a_report_can_be_typed_into_a_paper_of_the_complaint(centre: Cast) -> None:
    complaint, report = both(centre)
    for words in (f"参见{report.number}", f"据反映，{report.narrative}。"):
        with pytest.raises(Refused) as caught:
            issued(complaint, "complaint_registration", centre.handler, narrative=words)
        assert (caught.value.field, caught.value.article) == ("narrative", "O20:33")


def test_leads_found_in_the_mediation_do_not_stand_in_a_paper_of_the_complaint(centre: Cast) -> None:
    case = accepted(centre)
    found = "调解中发现该店仓库标价签全部缺失"
    report = find_leads(case=case, text=found, by=centre.handler, at=LATER)
    assert report.kind == Kind.REPORT
    with pytest.raises(Refused) as caught:
        issued(case, "acceptance", centre.handler, handler=f"顾办理，{found}")
    assert (caught.value.field, caught.value.article) == ("handler", "O20:33")
    for number in (report.number, "jb2020012712"):  # any number: the answer tells nothing about this one
        with pytest.raises(Refused):
            issued(case, "acceptance", centre.handler, contact=number)


def test_who_may_not_see_the_person_does_not_get_to_change_or_read_them(centre: Cast) -> None:
    case = dispatched(centre)
    form = FORMS["dispatch_told"]
    masked = prefilled(case, form, by=centre.dispatcher, at=LATER, plain=False)
    assert masked["person_name"] == "王**"
    document = issued(case, "dispatch_told", centre.dispatcher, person_name="李四")
    text = text_of(document)
    assert "王小明" in text
    assert "李四" not in text


# Void and erased


def test_a_void_document_keeps_number_and_text_and_says_why(centre: Cast) -> None:
    case = accepted(centre)
    document = issued(case, "acceptance", centre.handler)
    before = file_of(document).data
    void_document(document=document, reason="王小明电话13800001234写错", by=centre.handler, at=LATER)
    row = documents_of(case)[0]
    assert (row.voided_by, row.voided_at, row.number) == (centre.handler, LATER, document.number)
    assert "13800001234" not in row.void_reason
    assert file_of(CaseDocument.objects.get(pk=row.pk)).data == before
    event = Event.objects.get(verb="case.document_voided")
    assert "13800001234" not in str(event.data)
    assert "13800001234" in str(open_personal(event))


@pytest.mark.parametrize(("reason", "field"), [(" ", "reason"), ("错" * 301, "reason")])
def test_voiding_needs_a_reason_that_can_be_kept(centre: Cast, reason: str, field: str) -> None:
    document = issued(accepted(centre), "acceptance", centre.handler)
    with pytest.raises(Refused) as caught:
        void_document(document=document, reason=reason, by=centre.handler, at=LATER)
    assert caught.value.field == field


def test_a_document_is_void_once_and_only_by_who_may_issue_it(centre: Cast) -> None:
    document = issued(accepted(centre), "acceptance", centre.handler)
    with pytest.raises(NotYours):
        void_document(document=document, reason="有误", by=centre.other_handler, at=LATER)
    with pytest.raises(NotPermitted):
        void_document(document=document, reason="有误", by=centre.call_taker, at=LATER)
    void_document(document=document, reason="有误", by=centre.handler, at=LATER)
    with pytest.raises(Refused, match="void already"):
        void_document(document=document, reason="再来", by=centre.head, at=LATER)


def test_after_an_erasure_the_paper_says_so_and_nothing_else(centre: Cast) -> None:
    case = accepted(centre)
    document = issued(case, "acceptance", centre.handler)
    assert case.party is not None
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=LATER)
    row = CaseDocument.objects.get(pk=document.pk)
    assert file_of(row).is_erased
    text = text_of(row)
    assert "已经依法删除" in text
    assert document.number in text
    for words in (WANG.name, "平江大药房"):
        assert words not in text
    fresh = Case.objects.get(pk=case.pk)
    assert {form.code for form in fitting(fresh)} == {"complaint_registration"}


# Two at once


def run_all(*works: object) -> None:
    def run(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.django_db(transaction=True)
def test_documents_issued_at_once_get_numbers_without_gap_or_double(centre: Cast) -> None:
    cases = [one_case(centre.call_taker) for _number in range(6)]
    form = "complaint_registration"
    run_all(*(lambda one=one: issued(one, form, centre.dispatcher) for one in cases))
    assert sorted(CaseDocument.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_one_decision_issued_by_two_at_once_is_issued_once(centre: Cast) -> None:
    case = accepted(centre)
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            issued(case, "acceptance", centre.handler)
        except Refused as error:
            failures.append(error)

    run_all(attempt, attempt, attempt)
    assert len(failures) == 2
    assert CaseDocument.objects.get().serial == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_that_is_rolled_back_goes_to_the_next(centre: Cast) -> None:
    case = accepted(centre)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert issued(case, "acceptance", centre.handler).serial == 1
        raise ZeroDivisionError
    assert issued(case, "acceptance", centre.handler).serial == 1


def test_a_handler_of_two_offices_issues_only_where_the_office_gives_the_right(centre: Cast) -> None:
    person = create_person(
        username="both8", display_name="双岗", password="x-long-enough-1", by=SYSTEM, at=AT
    ).person
    appoint(person=person, unit=centre.wuzhong, role="handler", by=SYSTEM, at=AT)
    appoint(person=person, unit=centre.centre, role="call_taker", by=SYSTEM, at=AT)
    with pytest.raises(NotYours):
        issued(accepted(centre), "acceptance", person)
