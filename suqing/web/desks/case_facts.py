"""What the case page shows of a case: its head, its words, its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases.grounds import ground_of
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.natural_persons import hide
from suqing.cases.price_facts import line_for, mark_up, standing
from suqing.cases.price_lines import price_lines
from suqing.cases.queries.operator_persons import names_hidden, plain_operator
from suqing.cases.queries.price_cases import told_of_case
from suqing.cases.result_details import LABELS as RESULT_LABELS
from suqing.cases.result_details import CheckClass, Evidence, Finding, MediationWay
from suqing.cases.vocabulary import LABELS, Channel, Kind, Outcome, SellerRole, State, VisitGrade
from suqing.kit.masks import mask_address
from suqing.lawclock.queries import citation
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.taxonomy.text.extract import extract
from suqing.taxonomy.text.mentions import find_mentions
from suqing.taxonomy.text.redact import HIDDEN, redact
from suqing.web.desks.case_rows import flags, state_tone
from suqing.web.desks.price_question import STANDINGS, share_text
from suqing.web.wording import day_text, moment_text, money_text

Fact = tuple[str, str]
_HIDDEN = re.compile(re.escape(HIDDEN[0]) + "{2,}")


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of the personal data of one case a reader sees on this page."""

    plain: bool  # everything as it was given
    may_unmask: bool  # one reason away from it
    hidden: tuple[
        str, ...
    ] = ()  # names that the words may say and no cue gives away: a natural person who sells

    @classmethod
    def on(cls, person: Person, case: Case, *, unmasked: bool = False) -> Sight:
        """What the person sees of one case.

        Who reports without a name may have named themselves in passing: the words of an anonymous report are plain to
        nobody by role, only to somebody with a reason (O20 art. 33, O121 art. 37).
        """
        sight = cls.of(person, case.responsible_unit, unmasked=unmasked)
        if unmasked or (sight.plain and not is_anonymous(case)):
            return sight
        return cls(False, sight.plain or sight.may_unmask, names_hidden(case))

    @classmethod
    def masked(cls, case: Case) -> Sight:
        """What anybody may see who sees the case at all."""
        return cls(False, False, names_hidden(case))

    @classmethod
    def of(cls, person: Person, unit: Unit, *, unmasked: bool = False) -> Sight:
        """What the person sees of the cases of ``unit``."""
        return cls(unmasked or can_in(person, P.PERSONAL_SEE, unit), can_in(person, P.PERSONAL_UNMASK, unit))


def is_anonymous(case: Case) -> bool:
    """Whether nobody may learn from the case who turned to the centre."""
    return case.kind == Kind.REPORT and not case.is_real_name


def head(case: Case, now: datetime) -> dict[str, Any]:
    """The values that case_header.html asks for."""
    marks = flags(case)
    if case.is_synthetic:
        marks.append((_("Synthetic data"), "plain"))
    facts = [(_("Unit"), case.responsible_unit.name)]
    if case.handler:
        facts.append((_("Handler"), case.handler.display_name))
    facts.append((_("Received"), moment_text(case.received_at, now, now.tzinfo or case.received_at.tzinfo)))  # type: ignore[arg-type]
    facts.append((_("Channel"), _(LABELS[Channel(case.channel)])))
    if case.visit_grade:
        facts.append((_("Return visit"), _(LABELS[VisitGrade(case.visit_grade)])))
    if case.archived_at:
        zone = now.tzinfo or case.archived_at.tzinfo
        facts.append((_("Archived since"), moment_text(case.archived_at, now, zone)))  # type: ignore[arg-type]
    title = " · ".join(part for part in (case.entity_name, _label(case.issue_class)) if part)
    return {
        "number": case.number,
        "kind": _(LABELS[Kind(case.kind)]),
        "title": title,
        "state": _(LABELS[State(case.state)]),
        "state_tone": state_tone(case),
        "flags": marks,
        "facts": facts,
    }


# The words


_MARKED = ("operator", "platform", "order number")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the narrative: plain, a fact (an amount, goods, an operator, a platform, an order number), or hidden ("masked")."""

    text: str
    kind: str = ""


def words_of(case: Case, sight: Sight) -> dict[str, Any]:
    """The narrative in pieces: as it was said, or redacted."""
    # Redacted anew, not match_text: that one is normalised for machines, this is read by people.
    return {"pieces": list(pieces(shown(case.narrative, sight), case.goods)), "is_masked": not sight.plain}


def pieces(text: str, goods: str = "") -> Iterator[Piece]:
    """Cut a text where amounts, goods and hidden places begin and end; nothing is lost."""
    marks = [(amount.start, amount.end, "fact") for amount in extract(text).amounts]
    marks += [(one.start, one.end, "fact") for one in find_mentions(text) if one.kind in _MARKED]
    marks += [(m.start(), m.end(), "masked") for m in _HIDDEN.finditer(text)]
    if goods:
        marks += [(m.start(), m.end(), "fact") for m in re.finditer(re.escape(goods), text)]
    position = 0
    for start, end, kind in sorted(marks):
        if start < position:
            continue
        if start > position:
            yield Piece(text[position:start])
        yield Piece(text[start:end], kind)
        position = end
    if position < len(text):
        yield Piece(text[position:])


def shown(text: str, sight: Sight) -> str:
    """A text that somebody wrote, as this reader may see it."""
    return text if sight.plain or not text else redact(hide(text, sight.hidden)).text


# The facts


def operator_facts(case: Case, sight: Sight) -> list[Fact]:
    """Who is complained of, and where."""
    found: list[Fact] = [(_("Operator"), operator_of(case, sight))]
    if case.entity and not case.entity.is_person:
        found.append((_("Social credit code"), case.entity.uscc or _("not known")))
    found.append((_("Place"), case.place.full_name if case.place else _("not known")))
    if case.address:
        is_hidden = case.entity is not None and case.entity.is_person and not sight.plain
        found.append((_("Address"), mask_address(case.address) if is_hidden else shown(case.address, sight)))
    return found


def operator_of(case: Case, sight: Sight) -> Any:
    """What was said, with a link to the file of the operator: who sees the case may see that.  A natural person is
    masked like the person who complains."""
    said = case.entity_name or (case.entity.name if case.entity else "—")
    if case.entity is None:
        return said
    address = reverse("entity", args=[case.entity.pk])
    if not case.entity.is_person:
        return format_html('<a href="{}">{}</a>', address, said)
    if sight.plain:
        said = plain_operator(case.entity).name
    return format_html(
        '<span id="case-operator"><a href="{}">{}</a> <span class="sq-tag">{}</span></span>',
        address, said, _("natural person"),
    )  # fmt: skip


def matter_facts(case: Case, now: datetime, sight: Sight) -> list[Fact]:
    """What it is about: classes, date, money, request, prices."""
    found = [
        (_("Goods or service"), _class(case.object_class)),
        (_("Problem class"), _class(case.issue_class)),
    ]
    if case.incident_on:
        found.append((_("Date of the matter"), day_text(case.incident_on, now.date())))
    if case.amount is not None:
        found.append((_("Amount in dispute"), money_text(case.amount)))
    if case.requests:
        found.append((_("Asked for"), "、".join(_request_names(case.requests))))
    if case.request_note:
        found.append((_("In their words"), shown(case.request_note, sight)))
    return found + _price_facts(case, now) + _competence_facts(case) + _consent_facts(case, now)


def _competence_facts(case: Case) -> list[Fact]:
    """How the operator sells and the places that decide competence, as far as told."""
    found = []
    if case.seller_role != SellerRole.ORDINARY:
        found.append((_("How the operator sells"), _(LABELS[SellerRole(case.seller_role)])))
    if case.platform:
        found.append((_("Platform"), case.platform))
    for label, place in (
        (_("Seat of the platform"), case.platform_place),
        (_("Published address, or seat of the publisher"), case.published_place),
        (_("Where the act occurred"), case.act_place),
    ):
        if place is not None:
            found.append((label, place.full_name))
    return found


def _consent_facts(case: Case, now: datetime) -> list[Fact]:
    """What the complainant agrees to, as far as asked, and how complete the first entry was."""
    found = []
    for label, consent in (
        (_("May the complaint be made public"), case.publicity_consent),
        (_("May the mediation be delegated"), case.delegation_consent),
    ):
        if consent is not None:
            found.append((label, _("Yes") if consent else _("No")))
    if case.publicised_on is not None:
        found.append((_("Made public on"), day_text(case.publicised_on, now.date())))
    if case.completeness is not None:
        share = _("%(percent)d%% of the facts, by version %(version)d of the entry standard") % {
            "percent": round(case.completeness * 100),
            "version": case.entry_standard or 1,
        }
        found.append((_("Completeness"), share))
    return found


def _price_facts(case: Case, now: datetime) -> list[Fact]:
    found = []
    per = f" / {case.price_unit}" if case.price_unit else ""
    if case.goods:
        found.append((_("Goods with a price"), case.goods))
    if case.price_asked is not None:
        found.append((_("Price asked"), f"{money_text(case.price_asked)}{per}"))
    if case.price_earlier is not None:
        price = f"{money_text(case.price_earlier)}{per}"
        day = day_text(case.price_earlier_on, now.date()) if case.price_earlier_on else ""
        found.append((_("Price before"), _with(price, day)))
    return found + _mark_up_facts(case)


def _mark_up_facts(case: Case) -> list[Fact]:
    """By how much the price rose and where that stands to the line of the province; one query if both prices are known."""
    told = told_of_case(case)
    rise = mark_up(told)
    found = []
    if told.asked is not None and told.unit != case.price_unit.strip():
        found.append((_("Price in a common unit"), f"{money_text(told.asked)} / {told.unit}"))
    if rise is not None:
        line = line_for(price_lines(), case.place_id or "", local_day(case.received_at))
        source = line.source if line is not None else ""
        stands = _with(_(STANDINGS[standing(told, line)]), source)
        found.append((_("Mark-up"), _("; ").join((share_text(rise.share), stands))))
    return found


def _with(what: str, more: str) -> str:
    """Put the second in brackets behind the first; alone if there is nothing more."""
    return _("%(what)s (%(more)s)") % {"what": what, "more": more} if more else what


def result_facts(case: Case, now: datetime) -> list[Fact]:
    """How an ended case ended; empty while it is open."""
    if not case.outcome:
        return []
    found = [(_("Result"), _(LABELS[Outcome(case.outcome)]))]
    ground = ground_of(case.regime, case.outcome, case.ground)
    if ground:
        law = citation((ground.article,)) if ground.article else ""
        found.append((_("Ground"), _with(_(ground.text), law)))
    if case.recovered_amount is not None:
        found.append((_("Recovered"), money_text(case.recovered_amount)))
    if case.penalty_amount is not None:
        found.append((_("Penalty"), money_text(case.penalty_amount)))
    found += more_of_result(case, now)
    if case.closed_at:
        zone = now.tzinfo or case.closed_at.tzinfo
        found.append((_("Ended"), moment_text(case.closed_at, now, zone)))  # type: ignore[arg-type]
    return found


def more_of_result(case: Case, now: datetime) -> list[Fact]:
    """What is known of the result beyond its outcome; nothing if nobody wrote anything down."""
    known = getattr(case, "result", None)
    if known is None:
        return []
    said = [
        (_("Is it true"), _named(Finding, known.finding)),
        (_("Confiscated"), _money(known.confiscated_amount)),
        (_("How it was mediated"), _named(MediationWay, known.mediation_way)),
        (_("How it was made good"), known.compensation_way),
        (_("Evidence"), "、".join(_named(Evidence, one) for one in known.evidence)),
        (_("Moral damages"), _money(known.moral_damages)),
        (_("Multiple damages"), _money(known.multiple_damages)),
        (_("Number of the penalty case"), known.filing_number),
        (_("Filed on"), day_text(known.filed_on, now.date()) if known.filed_on else ""),
        (_("Cause of the penalty case"), known.cause),
        (_("Stage of the trade that was checked"), _named(CheckClass, known.check_class)),
        (_("Penalty case"), _("cancelled") if known.is_cancelled else ""),
    ]
    return [(label, value) for label, value in said if value]


def _named(words: type[StrEnum], code: str) -> str:
    return _(RESULT_LABELS[words(code)]) if code else ""


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else money_text(amount)


def _label(node: ClassNode | None) -> str:
    return node.label if node else ""


def _class(node: ClassNode | None) -> str:
    if node is None:
        return _("not classed")
    if not node.is_local:
        return node.label
    why = _("A code of our own, not of the platform")
    return format_html('{} <span class="sq-tag" title="{}">{}</span>', node.label, why, _("local"))


def _request_names(codes: list[str]) -> list[str]:
    nodes = ClassNode.objects.filter(tree__kind=ClassKind.REQUEST, code__in=codes)
    names = {node.code: node.label for node in nodes}
    return [names.get(code, code) for code in codes]
