"""Roles: lists of verbs with a sentence for people.  A person holds a role in a unit by an appointment."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suqing.accounts.permissions import Permission as P


class UnknownRole(KeyError):
    """There is no role of this code."""


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    label: Promise
    sentence: Promise
    permissions: frozenset[P]


_ALL = (
    Role(
        "call_taker",
        _("Call taker"),
        _("Answers the line, registers what callers say and follows the cases that came of it."),
        frozenset(
            {
                P.CALL_TAKE,
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.CASE_VISIT,
                P.REPORT_VIEW,
                P.PERSONAL_UNMASK,
                P.CASE_ATTACH,
            }
        ),
    ),
    Role(
        "dispatcher",
        _("Dispatcher"),
        _("Checks what was registered and dispatches cases to the competent unit."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.CASE_DISPATCH,
                P.CASE_CORRECT,
                P.CASE_REMIND,
                P.DOCUMENT_ISSUE,
                P.REPORT_VIEW,
                P.PERSONAL_UNMASK,
                P.FIGURE_VIEW,
                P.CASE_ATTACH,
                P.CASE_GROUP,
                P.SUMMARY_ASK,
                P.CASE_BULK,
                P.CASE_IMPORT,
                P.LIST_EXPORT,
                P.ENTITY_MANAGE,
            }
        ),
    ),
    Role(
        "handler",
        _("Handler"),
        _("Decides and handles the cases of the own unit: accepts, mediates, checks, closes."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_UNIT,
                P.CASE_RETURN,
                P.CASE_DECIDE,
                P.CASE_HANDLE,
                P.CASE_CLOSE,
                P.CASE_ARCHIVE,
                P.DOCUMENT_ISSUE,
                P.REPORT_VIEW,
                P.PERSONAL_SEE,
                P.CASE_ATTACH,
                P.CASE_GROUP,
                P.SUMMARY_ASK,
                P.LIST_EXPORT,
            }
        ),
    ),
    Role(
        "head",
        _("Head of a unit"),
        _("Leads a bureau or division: approves extensions and recusals, designates, handles its cases too."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_UNIT,
                P.CASE_RETURN,
                P.CASE_DECIDE,
                P.CASE_HANDLE,
                P.CASE_CLOSE,
                P.CASE_APPROVE,
                P.CASE_DESIGNATE,
                P.CASE_ARCHIVE,
                P.DOCUMENT_ISSUE,
                P.REPORT_VIEW,
                P.PERSONAL_SEE,
                P.FIGURE_VIEW,
                P.CASE_ATTACH,
                P.CASE_GROUP,
                P.SUMMARY_ASK,
                P.CASE_BULK,
                P.LIST_EXPORT,
                P.SENSITIVE_DECIDE,
            }
        ),
    ),
    Role(
        "supervisor",
        _("Supervisor"),
        _("Watches the work of the centre, dispatches, corrects, and sees that limits are kept."),
        frozenset(
            {
                P.CALL_TAKE,
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.CASE_DISPATCH,
                P.CASE_CORRECT,
                P.CASE_CLOSE,
                P.CASE_VISIT,
                P.CASE_REOPEN,
                P.CASE_ARCHIVE,
                P.CASE_REMIND,
                P.CASE_SUPERVISE,
                P.DOCUMENT_ISSUE,
                P.RULES_MANAGE,
                P.TOPIC_MANAGE,
                P.QUALITY_READ,
                P.REPORT_VIEW,
                P.PERSONAL_UNMASK,
                P.PERSON_ERASE,
                P.FIGURE_VIEW,
                P.PRICES_READ,
                P.BULLETIN_VIEW,
                P.CASE_ATTACH,
                P.CASE_GROUP,
                P.SUMMARY_ASK,
                P.CASE_BULK,
                P.CASE_IMPORT,
                P.LIST_EXPORT,
                P.ENTITY_MANAGE,
                P.SENSITIVE_DECIDE,
                P.SENSITIVE_MANAGE,
                P.CLASSES_REVIEW,
            }
        ),
    ),
    Role(
        "analyst",
        _("Analyst"),
        _("Watches the figures, opens the cases behind them and drafts bulletins; sees no personal data."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.REPORT_VIEW,
                P.FIGURE_VIEW,
                P.PRICES_READ,
                P.BULLETIN_VIEW,
                P.BULLETIN_DRAFT,
                P.TOPIC_MANAGE,
                P.QUALITY_READ,
                P.CASE_GROUP,
                P.SUMMARY_ASK,
                P.LIST_EXPORT,
                P.SENSITIVE_MANAGE,
                P.CLASSES_REVIEW,
            }
        ),
    ),
    Role(
        "editor",
        _("Editor"),
        _("Drafts, reviews and issues bulletins; sees cases without personal data."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.REPORT_VIEW,
                P.FIGURE_VIEW,
                P.BULLETIN_VIEW,
                P.BULLETIN_DRAFT,
                P.BULLETIN_REVIEW,
                P.BULLETIN_ISSUE,
                P.LIST_EXPORT,
            }
        ),
    ),
    Role(
        "leader",
        _("Leader"),
        _("Reads figures and bulletins and signs bulletins off."),
        frozenset(
            {
                P.CASE_VIEW_ALL,
                P.QUALITY_READ,
                P.FIGURE_VIEW,
                P.PRICES_READ,
                P.BULLETIN_VIEW,
                P.BULLETIN_REVIEW,
                P.BULLETIN_ISSUE,
            }
        ),
    ),
    Role(
        "inspector",
        _("Inspector"),
        _("Audits: reads cases, figures and the event log, and verifies its chain; changes nothing."),
        frozenset(
            {
                P.SUBMISSION_VIEW,
                P.CASE_VIEW_ALL,
                P.FIGURE_VIEW,
                P.BULLETIN_VIEW,
                P.EVENTS_VERIFY,
                P.LIST_EXPORT,
            }
        ),
    ),
    Role(
        "administrator",
        _("Administrator"),
        _("Manages people, units and settings; sees no cases."),
        frozenset({P.PEOPLE_MANAGE, P.POLICY_MANAGE, P.RULES_MANAGE, P.STYLEGUIDE_VIEW}),
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _ALL}


def role(code: str) -> Role:
    """Return the role or raise UnknownRole."""
    try:
        return ROLES[code]
    except KeyError:
        raise UnknownRole(code) from None


def roles_with(permission: P) -> frozenset[str]:
    """The codes of the roles that hold this permission."""
    return frozenset(role.code for role in _ALL if permission in role.permissions)
