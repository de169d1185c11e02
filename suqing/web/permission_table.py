"""Who may open which page: every address by its name.  What does not stand here is closed to everybody."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from suqing.accounts.permissions import Permission as P


class Door(Enum):
    """Pages that ask for no permission: open to the public, or to everybody who has signed in."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


Rule: TypeAlias = Door | frozenset[P]  # a set means: any one of these


def any_of(*permissions: P) -> Rule:
    return frozenset(permissions)


PAGES: dict[str, Rule] = {
    # session
    "sign-in": Door.PUBLIC,
    "sign-out": Door.PUBLIC,
    "language": Door.PUBLIC,
    "theme": Door.PUBLIC,
    "change-password": Door.SIGNED_IN,
    # the second step of signing in; waits for who gave the right password
    "second-step": Door.PUBLIC,
    "second-step-passkey": Door.PUBLIC,
    # other ways in: a passkey where policy lets it, the authority's own provider where it is set up
    **dict.fromkeys(("passkey-question", "passkey-alone", "single-start", "single-return"), Door.PUBLIC),
    # how one signs in oneself
    **dict.fromkeys(("security", "second-factor", "second-factor-act"), Door.SIGNED_IN),
    **dict.fromkeys(("passkey-new", "passkey-options", "passkey-remove"), Door.SIGNED_IN),
    **dict.fromkeys(("sessions", "sessions-end-others", "session-end"), Door.SIGNED_IN),
    # frame
    "home": Door.SIGNED_IN,
    "live-counts": Door.SIGNED_IN,  # everybody's own
    "jump": Door.SIGNED_IN,
    **dict.fromkeys(("help", "help-topic", "tour"), Door.SIGNED_IN),
    # messages; everybody has only the own ones
    "inbox": Door.SIGNED_IN,
    "inbox-open": Door.SIGNED_IN,
    "inbox-read": Door.SIGNED_IN,
    "inbox-read-all": Door.SIGNED_IN,
    # who is on duty; in which units, is decided by accounts.queries.may_set_duty
    "duty": any_of(P.PEOPLE_MANAGE, P.CASE_SUPERVISE, P.CASE_APPROVE),
    "duty-end": any_of(P.PEOPLE_MANAGE, P.CASE_SUPERVISE, P.CASE_APPROVE),
    # case desk and work list; whose cases, is decided by cases.queries
    "cases": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-marks": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    # views of the work list; whose, is decided by inbox.queries
    **dict.fromkeys(
        ("saved-views", "list-look", "saved-view-act"), any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT)
    ),
    "case": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-present": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-preview": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "clock-changes": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "clock-explained": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-step": any_of(
        P.CALL_TAKE, P.CASE_DISPATCH, P.CASE_RETURN, P.CASE_DECIDE, P.CASE_HANDLE, P.CASE_CLOSE
    ),
    "document-new": any_of(P.DOCUMENT_ISSUE),
    "document-void": any_of(P.DOCUMENT_ISSUE),
    "document-file": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    # similar cases and events; whose cases, is decided by cases.queries
    "case-similar": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-beside": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "case-summary": any_of(P.SUMMARY_ASK),
    "case-pair": any_of(P.CASE_GROUP),
    "case-event": any_of(P.CASE_GROUP),
    "events": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "event": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "event-act": any_of(P.CASE_GROUP),
    "events-hot": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "event-proposals": any_of(P.CASE_GROUP),
    "event-proposal": any_of(P.CASE_GROUP),
    "event-proposal-act": any_of(P.CASE_GROUP),
    "unmask": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "unmask-beside": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "erase-person": any_of(P.PERSON_ERASE),
    "submission": any_of(P.SUBMISSION_VIEW),
    "case-facts": any_of(P.CASE_CORRECT, P.CASE_HANDLE),
    "case-files": any_of(P.CASE_ATTACH),
    "case-file": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "case-file-page": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "case-file-download": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "case-file-remove": any_of(P.CASE_ATTACH),
    "case-file-restore": any_of(P.CASE_ATTACH),
    "case-file-read": any_of(P.CASE_ATTACH),
    # files on their way; for what purpose, is decided by files.purposes
    "uploads": any_of(P.CASE_ATTACH, P.CASE_IMPORT),
    "upload": any_of(P.CASE_ATTACH, P.CASE_IMPORT),
    # changes of many cases; what and which, is decided by the actions
    "bulk-changes": any_of(P.CASE_BULK),
    "bulk-change-new": any_of(P.CASE_BULK),
    "bulk-change-count": any_of(P.CASE_BULK),
    "bulk-change": any_of(P.CASE_BULK),
    "bulk-change-preview": any_of(P.CASE_BULK),
    "bulk-change-make": any_of(P.CASE_BULK),
    "bulk-change-undo": any_of(P.CASE_BULK),
    # imports
    "imports": any_of(P.CASE_IMPORT),
    "import-new": any_of(P.CASE_IMPORT),
    "import": any_of(P.CASE_IMPORT),
    "import-columns": any_of(P.CASE_IMPORT),
    "import-confirm": any_of(P.CASE_IMPORT),
    "import-stop": any_of(P.CASE_IMPORT),
    "import-corrections": any_of(P.CASE_IMPORT),
    # dispatch catalogue: dispatchers read it
    "dispatch-rules": any_of(P.RULES_MANAGE, P.CASE_DISPATCH),
    "dispatch-rule": any_of(P.RULES_MANAGE, P.CASE_DISPATCH),
    "dispatch-rule-new": any_of(P.RULES_MANAGE),
    "dispatch-rule-change": any_of(P.RULES_MANAGE),
    "dispatch-rule-end": any_of(P.RULES_MANAGE),
    # call desk
    "call-desk": any_of(P.CALL_TAKE),
    "call-open": any_of(P.CALL_TAKE),
    "call": any_of(P.CALL_TAKE),
    "call-save": any_of(P.CALL_TAKE),
    "call-similar": any_of(P.CALL_TAKE),
    "call-beside": any_of(P.CALL_TAKE),
    "call-end": any_of(P.CALL_TAKE),
    "call-fill-in": any_of(P.CALL_TAKE),
    "call-done": any_of(P.CALL_TAKE),
    "draft-discard": any_of(P.CALL_TAKE),
    "call-offers": any_of(P.CALL_TAKE),
    "credit-code": any_of(P.CALL_TAKE),
    "case-own-event": any_of(P.CALL_TAKE),
    "call-natural-person": any_of(P.CALL_TAKE),
    "lookup-entities": any_of(P.CALL_TAKE),
    "lookup-places": any_of(P.CALL_TAKE),
    "lookup-classes": any_of(P.CALL_TAKE),
    # supervision and return visits; whose orders and cases, is decided by the queries
    "supervision": any_of(P.CASE_SUPERVISE, P.CASE_HANDLE),
    "supervision-new": any_of(P.CASE_SUPERVISE),
    "supervision-order": any_of(P.CASE_SUPERVISE, P.CASE_HANDLE),
    "supervision-act": any_of(P.CASE_SUPERVISE, P.CASE_HANDLE),
    "visits": any_of(P.CASE_VISIT),
    "visit-number": any_of(P.CASE_VISIT),
    # operators; which of them, is decided by cases.queries.entities
    "entities": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "entity": any_of(P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT),
    "entity-unmask": any_of(P.PERSONAL_SEE, P.PERSONAL_UNMASK),
    "entity-correct": any_of(P.ENTITY_MANAGE),
    "entity-others": any_of(P.ENTITY_MANAGE),
    "entity-compare": any_of(P.ENTITY_MANAGE),
    "entity-split": any_of(P.ENTITY_MANAGE),
    "entity-act": any_of(P.ENTITY_MANAGE),
    # entry standards
    "entry-standards": any_of(P.CALL_TAKE, P.RULES_MANAGE, P.QUALITY_READ),
    "entry-standard-new": any_of(P.RULES_MANAGE),
    # the supervisor's today
    "today": any_of(P.CASE_SUPERVISE),
    # administration
    "administration": any_of(P.PEOPLE_MANAGE, P.POLICY_MANAGE, P.RULES_MANAGE),
    "administration-people": any_of(P.PEOPLE_MANAGE),
    "administration-person-new": any_of(P.PEOPLE_MANAGE),
    "administration-person": any_of(P.PEOPLE_MANAGE),
    "administration-person-act": any_of(P.PEOPLE_MANAGE),
    "administration-units": any_of(P.PEOPLE_MANAGE),
    "administration-unit-new": any_of(P.PEOPLE_MANAGE),
    "administration-unit": any_of(P.PEOPLE_MANAGE),
    "administration-unit-act": any_of(P.PEOPLE_MANAGE),
    "administration-roles": any_of(P.PEOPLE_MANAGE),
    "administration-calendars": any_of(P.POLICY_MANAGE),
    "administration-calendar": any_of(P.POLICY_MANAGE),
    "administration-calendar-act": any_of(P.POLICY_MANAGE),
    "administration-classes": any_of(P.POLICY_MANAGE, P.RULES_MANAGE),
    "administration-topics": any_of(P.POLICY_MANAGE, P.RULES_MANAGE),
    **dict.fromkeys(
        ("administration-tables", "administration-table", "administration-table-row"), any_of(P.POLICY_MANAGE)
    ),
    "administration-policy": any_of(P.POLICY_MANAGE),
    "administration-prices": any_of(P.POLICY_MANAGE),
    "administration-setting": any_of(P.POLICY_MANAGE),
    # figures
    "figures": any_of(P.FIGURE_VIEW),
    "figure-cases": any_of(P.FIGURE_VIEW),
    "figure-measures": any_of(P.FIGURE_VIEW),
    "figure-pivot": any_of(P.FIGURE_VIEW),
    "figure-table": any_of(P.FIGURE_VIEW),
    "figure-published": any_of(P.FIGURE_VIEW),
    **dict.fromkeys(
        ("topics", "topic-trial", "topic-save", "topic-exact", "topic-words"), any_of(P.TOPIC_MANAGE)
    ),
    **dict.fromkeys(
        ("topic-sample", "topic-sample-draw", "topic-sample-label", "topic-end", "topic-resume"),
        any_of(P.TOPIC_MANAGE),
    ),
    # new words; which words and whose cases, is decided by surveillance.word_queries
    **dict.fromkeys(("new-words", "new-word", "new-word-ignore", "new-word-heed"), any_of(P.TOPIC_MANAGE)),
    # prices; whose cases, is decided by cases.queries
    **dict.fromkeys(("prices", "price-cases", "price-list"), any_of(P.PRICES_READ)),
    # the radar; whose flags, is decided by cases.queries
    "radar": any_of(P.SENSITIVE_DECIDE, P.SENSITIVE_MANAGE),
    "radar-act": any_of(P.SENSITIVE_DECIDE),
    **dict.fromkeys(("radar-rules", "radar-rule", "radar-rule-save"), any_of(P.SENSITIVE_MANAGE)),
    # data quality: who may not read it of all reads it of the own entries
    **dict.fromkeys(("quality", "quality-cases"), any_of(P.QUALITY_READ, P.CALL_TAKE)),
    # classes to review; whose, is decided by cases.queries
    "class-review": any_of(P.CLASSES_REVIEW),
    "class-review-act": any_of(P.CLASSES_REVIEW),
    # lists as files; whose, and which lists, is decided by analytics
    "exports": any_of(P.LIST_EXPORT),
    "export-new": any_of(P.LIST_EXPORT),
    "export-file": any_of(P.LIST_EXPORT),
    "export-remove": any_of(P.LIST_EXPORT),
    # bulletins
    "bulletins": any_of(P.BULLETIN_VIEW),
    "bulletin": any_of(P.BULLETIN_VIEW),
    "bulletin-file": any_of(P.BULLETIN_VIEW),
    "bulletin-figure": any_of(P.BULLETIN_VIEW),
    "bulletin-draft": any_of(P.BULLETIN_DRAFT),
    "bulletin-pages": any_of(P.BULLETIN_VIEW),
    "bulletin-notice": any_of(P.BULLETIN_VIEW),
    **dict.fromkeys(
        (
            "bulletin-edit",
            "bulletin-section",
            "bulletin-arrange",
            "bulletin-figures",
            "bulletin-refresh",
            "bulletin-cases",
            "bulletin-case",
        ),
        any_of(P.BULLETIN_DRAFT),
    ),
    "bulletin-review": any_of(P.BULLETIN_DRAFT, P.BULLETIN_REVIEW),
    "bulletin-issue": any_of(P.BULLETIN_ISSUE),
    "bulletin-withdraw": any_of(P.BULLETIN_ISSUE),
    "styleguide": any_of(P.STYLEGUIDE_VIEW),
    "styleguide-lookup": any_of(P.STYLEGUIDE_VIEW),
    "styleguide-autosave": any_of(P.STYLEGUIDE_VIEW),
}
