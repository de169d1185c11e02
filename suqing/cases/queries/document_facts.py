"""What a case fills its forms with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext, override

from suqing.accounts.models import Person
from suqing.cases.forms import FieldKind, Form
from suqing.cases.grounds import refusal, termination
from suqing.cases.intake import LOCAL_ZONE, local_day
from suqing.cases.models import (
    Case,
    Dispatch,
    IdentityRequest,
    JointComplainant,
    Mediation,
    MediationSession,
    Representation,
)
from suqing.cases.natural_persons import hide
from suqing.cases.queries.one_case import PersonalData, personal_data
from suqing.cases.queries.operator_persons import PlainOperator, names_hidden, plain_operator
from suqing.cases.vocabulary import LABELS, Kind, Outcome
from suqing.kit import masks
from suqing.ledger.policy import declare
from suqing.ledger.queries import setting
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.taxonomy.text.redact import redact

N_ = str

CONTACTS = declare(
    "documents.contacts",
    {},
    N_("Phone or address printed as the contact of the office on documents, by the unit's code"),
)
_NOTHING = PersonalData(None, None, None, None)
_CUT = "……（全文附后）"


def is_anonymous(case: Case) -> bool:
    """Whether no paper may tell who reported: whoever stays unnamed may still have named themselves in passing."""
    return case.kind == Kind.REPORT and not case.is_real_name


def prefilled(case: Case, form: Form, *, by: Person, at: datetime, plain: bool) -> dict[str, str]:
    """The fields of a form as the case fills them; masked for somebody who may not see the person."""
    known = Known(case, by, at, plain and not is_anonymous(case))
    filled = {}
    for field in form.fields:
        fact = getattr(known, field.fact, "")
        if field.kind == FieldKind.TEXT and len(fact) > field.limit:
            fact = fact[: field.limit - len(_CUT)] + _CUT
        filled[field.key] = fact[: field.limit]
    return filled


def _iso(moment: datetime | None) -> str:
    return local_day(moment).isoformat() if moment else ""


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _tri(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


@dataclass
class Known:
    """What is known of a case, under the names that forms fill their fields from; read only where asked for."""

    case: Case
    by: Person
    at: datetime
    plain: bool

    # rows

    @cached_property
    def _person(self) -> PersonalData:
        party = self.case.party
        if party is None or party.erased_at is not None or is_anonymous(self.case):
            return _NOTHING
        plain = personal_data(party)
        if self.plain:
            return plain
        return PersonalData(
            party.name_masked or None,
            party.phone_masked or None,
            masks.mask_address(plain.address) if plain.address else None,
            masks.mask_id_number(plain.id_number) if plain.id_number else None,
        )

    @cached_property
    def _operator_in_plain(self) -> PlainOperator:
        """A natural person as the document may name it; "" where it is masked or the operator is registered."""
        entity = self.case.entity
        if not self.plain or entity is None or not entity.is_person:
            return PlainOperator("", "")
        return plain_operator(entity)

    @cached_property
    def _dispatch(self) -> Dispatch | None:
        rows = Dispatch.objects.filter(case=self.case).select_related("from_unit", "to_unit")
        return rows.order_by("-at", "-id").first()

    @cached_property
    def _mediation(self) -> Mediation | None:
        return Mediation.objects.filter(case=self.case).first()

    @cached_property
    def _session(self) -> MediationSession | None:
        return MediationSession.objects.filter(case=self.case).order_by("-begins_at", "-id").first()

    @cached_property
    def _identity(self) -> IdentityRequest | None:
        return IdentityRequest.objects.filter(case=self.case).order_by("-asked_at", "-id").first()

    # who

    @cached_property
    def person_name(self) -> str:
        name = self._person.name or ""
        joint = JointComplainant.objects.filter(case=self.case, left_at=None).count()
        return f"{name}等{joint}人" if name and joint > 1 else name

    @property
    def person_phone(self) -> str:
        return self._person.phone or ""

    @property
    def person_address(self) -> str:
        return self._person.address or ""

    @property
    def person_id_number(self) -> str:
        return self._person.id_number or ""

    @property
    def person_id_type(self) -> str:
        number = self.person_id_number
        return "居民身份证" if len(number) == 18 and number[:-1].isdigit() else ""

    @cached_property
    def agent(self) -> str:
        rows = Representation.objects.filter(case=self.case, ended_at=None).select_related("agent")
        found = rows.first()
        if found is None or found.agent.erased_at is not None:
            return ""
        return (personal_data(found.agent).name or "") if self.plain else found.agent.name_masked

    # the matter

    @property
    def registering_unit(self) -> str:
        return self.case.submission.unit.name

    @property
    def case_number(self) -> str:
        return self.case.number

    @property
    def received_on(self) -> str:
        return _iso(self.case.received_at)

    @property
    def real_name(self) -> str:
        return _tri(self.case.is_real_name)

    @property
    def publicity_consent(self) -> str:
        return _tri(self.case.publicity_consent)

    @property
    def delegation_consent(self) -> str:
        return _tri(self.case.delegation_consent)

    @property
    def respondent(self) -> str:
        return self._operator_in_plain.name or self.case.entity_name

    @property
    def respondent_address(self) -> str:
        entity = self.case.entity
        if entity is None or not entity.is_person:
            return self.case.address or (entity.address if entity else "")
        if self.plain:
            return self.case.address or self._operator_in_plain.address
        return masks.mask_address(self.case.address) or entity.address

    @property
    def incident_on(self) -> str:
        return _day(self.case.incident_on)

    @property
    def incident_place(self) -> str:
        return self.case.place.full_name if self.case.place else ""

    @property
    def amount(self) -> str:
        return _money(self.case.amount)

    @property
    def narrative(self) -> str:
        return self._written(self.case.narrative)

    @property
    def request_note(self) -> str:
        return self._written(self.case.request_note)

    @property
    def result_note(self) -> str:
        return self._written(self.case.result_note)

    def _written(self, text: str) -> str:
        return text if self.plain or not text else redact(hide(text, names_hidden(self.case))).text

    @cached_property
    def requests(self) -> str:
        codes = list(self.case.requests)
        nodes = ClassNode.objects.filter(tree__kind=ClassKind.REQUEST, code__in=codes) if codes else []
        names = {node.code: node.name for node in nodes}
        return "、".join(names.get(code, code) for code in codes)

    @property
    def dispute(self) -> str:
        """In the words of the classes, never of the complainant: the paper goes to the other side too."""
        case = self.case
        about = case.goods or (case.object_class.name if case.object_class else "")
        issue = case.issue_class.name if case.issue_class else ""
        amount = f"争议金额{_money(case.amount)}元" if case.amount is not None else ""
        return "，".join(part for part in (about, issue, amount) if part)

    @property
    def matter(self) -> str:
        return self.dispute

    # ways and decisions

    @property
    def handler(self) -> str:
        return self.case.handler.display_name if self.case.handler else self.by.display_name

    @property
    def contact(self) -> str:
        contacts: dict[str, str] = setting(CONTACTS.key)
        return contacts.get(self.case.responsible_unit.code, "")

    @property
    def to_unit(self) -> str:
        return self._dispatch.to_unit.name if self._dispatch else ""

    @property
    def from_unit(self) -> str:
        return self._dispatch.from_unit.name if self._dispatch else ""

    @property
    def dispatched_on(self) -> str:
        return _iso(self._dispatch.at) if self._dispatch else ""

    @property
    def report_back_on(self) -> str:
        return _day(self._dispatch.report_back_on) if self._dispatch else ""

    @property
    def deadline_on(self) -> str:
        return _day(self._identity.deadline_on) if self._identity else ""

    @property
    def wanted(self) -> str:
        return self._written(self._identity.wanted) if self._identity else ""

    @property
    def accepted_on(self) -> str:
        return _iso(self.case.decided_at)

    @property
    def decided_on(self) -> str:
        return _iso(self.case.filed_at or self.case.decided_at or self.case.closed_at or self.at)

    @property
    def ended_on(self) -> str:
        return _iso(self.case.closed_at)

    @property
    def ground(self) -> str:
        found = refusal(self.case.regime).get(self.case.ground)
        return found.article if found else ""

    @property
    def termination_ground(self) -> str:
        code = (self._mediation.termination_ground if self._mediation else "") or self.case.ground
        found = termination(self.case.regime).get(code)
        return found.article if found else ""

    @property
    def outcome(self) -> str:
        if not self.case.outcome:
            return ""
        # Documents are written in Chinese, whatever language their author reads.
        with override("zh-hans"):
            return gettext(LABELS[Outcome(self.case.outcome)])

    @property
    def recovered(self) -> str:
        return _money(self.case.recovered_amount)

    @property
    def penalty(self) -> str:
        return _money(self.case.penalty_amount)

    # mediation

    @property
    def to_side(self) -> str:
        return "complainant"

    @property
    def session_at(self) -> str:
        if self._session is None:
            return ""
        return self._session.begins_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%dT%H:%M")

    @property
    def place(self) -> str:
        return self._session.place if self._session else ""

    @property
    def mode(self) -> str:
        return (self._session.mode if self._session else "") or (
            self._mediation.mode if self._mediation else ""
        )

    @property
    def mediators(self) -> str:
        return (self._session.mediators if self._session else "") or (
            self._mediation.mediators if self._mediation else ""
        )

    @property
    def recusal_until(self) -> str:
        return _day(self._session.recusal_until) if self._session else ""

    @property
    def mediated_on(self) -> str:
        ended = self._mediation.ended_at if self._mediation else None
        return _iso(ended or self.case.closed_at or self.at)

    @property
    def agreement(self) -> str:
        return self.result_note if self.case.outcome == Outcome.MEDIATED else ""
