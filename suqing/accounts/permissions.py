"""What a person may do: verbs, each with a sentence for people.  Pages ask for a verb, never for a role."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    CALL_TAKE = "call.take"
    SUBMISSION_VIEW = "submission.view"
    CASE_VIEW_ALL = "case.view_all"
    CASE_VIEW_UNIT = "case.view_unit"
    CASE_DISPATCH = "case.dispatch"
    CASE_RETURN = "case.return"
    CASE_DECIDE = "case.decide"
    CASE_HANDLE = "case.handle"
    CASE_CLOSE = "case.close"
    CASE_CORRECT = "case.correct"
    CASE_APPROVE = "case.approve"
    CASE_DESIGNATE = "case.designate"
    CASE_VISIT = "case.visit"
    CASE_REOPEN = "case.reopen"
    CASE_ARCHIVE = "case.archive"
    CASE_REMIND = "case.remind"
    CASE_SUPERVISE = "case.supervise"
    CASE_ATTACH = "case.attach"
    CASE_GROUP = "case.group"
    CASE_BULK = "case.bulk"
    CASE_IMPORT = "case.import"
    LIST_EXPORT = "list.export"
    ENTITY_MANAGE = "entity.manage"
    DOCUMENT_ISSUE = "document.issue"
    RULES_MANAGE = "rules.manage"
    TOPIC_MANAGE = "topic.manage"
    SENSITIVE_DECIDE = "sensitive.decide"
    SENSITIVE_MANAGE = "sensitive.manage"
    QUALITY_READ = "quality.read"
    CLASSES_REVIEW = "classes.review"
    SUMMARY_ASK = "summary.ask"
    REPORT_VIEW = "report.view"
    PERSONAL_SEE = "personal.see"
    PERSONAL_UNMASK = "personal.unmask"
    PERSON_ERASE = "person.erase"
    FIGURE_VIEW = "figure.view"
    PRICES_READ = "prices.read"
    BULLETIN_VIEW = "bulletin.view"
    BULLETIN_DRAFT = "bulletin.draft"
    BULLETIN_REVIEW = "bulletin.review"
    BULLETIN_ISSUE = "bulletin.issue"
    EVENTS_VERIFY = "events.verify"
    PEOPLE_MANAGE = "people.manage"
    POLICY_MANAGE = "policy.manage"
    STYLEGUIDE_VIEW = "styleguide.view"

    @property
    def sentence(self) -> Promise:
        """What this permits, for the page of roles."""
        return SENTENCES[self]


SENTENCES: dict[Permission, Promise] = {
    Permission.CALL_TAKE: _("Take calls, register what callers say and answer consultations."),
    Permission.SUBMISSION_VIEW: _("See submissions: who contacted the centre, when, and what was said."),
    Permission.CASE_VIEW_ALL: _("See the cases of all units."),
    Permission.CASE_VIEW_UNIT: _("See the cases of the own unit and the units below it."),
    Permission.CASE_DISPATCH: _("Dispatch cases to the competent unit."),
    Permission.CASE_RETURN: _("Return a dispatched case to the centre with a reason."),
    Permission.CASE_DECIDE: _("Decide on acceptance and on filing."),
    Permission.CASE_HANDLE: _("Handle cases: mediate, check, record steps and results."),
    Permission.CASE_CLOSE: _("Close cases."),
    Permission.CASE_CORRECT: _("Correct what was registered; the earlier entry stays in the history."),
    Permission.CASE_APPROVE: _("Approve as head of a unit: extensions and recusals."),
    Permission.CASE_DESIGNATE: _("Designate the competent unit when units below dispute over it."),
    Permission.CASE_VISIT: _("Call back after the end and record how satisfied the person is."),
    Permission.CASE_REOPEN: _("Have an ended case handled anew."),
    Permission.CASE_ARCHIVE: _("Put ended cases into the archive."),
    Permission.CASE_REMIND: _("Remind the unit that has a case."),
    Permission.CASE_SUPERVISE: _("Issue supervision orders, review the replies and close them."),
    Permission.CASE_ATTACH: _("Attach files to cases and take them away again."),
    Permission.CASE_GROUP: _("Join cases about the same event into a group, merge groups and undo it."),
    Permission.CASE_BULK: _(
        "Change many cases at once, as far as each single change is permitted, and undo it."
    ),
    Permission.CASE_IMPORT: _("Import cases from files of other systems."),
    Permission.LIST_EXPORT: _(
        "Write lists in sight to files; personal data stay masked unless the role sees them."
    ),
    Permission.ENTITY_MANAGE: _("Keep the files of operators: merge, split, name, relate."),
    Permission.DOCUMENT_ISSUE: _("Issue documents of a case with a document number."),
    Permission.RULES_MANAGE: _("Edit the dispatch catalogue and the entry standards."),
    Permission.TOPIC_MANAGE: _("Word topics and bring them over all cases."),
    Permission.SENSITIVE_DECIDE: _("Confirm or dismiss what the radar of sensitive cases flags."),
    Permission.SENSITIVE_MANAGE: _("Word the rules by which the radar of sensitive cases flags."),
    Permission.QUALITY_READ: _("Read how well cases were entered: by person, by district, by rule."),
    Permission.CLASSES_REVIEW: _("Decide classes that are missing or that the model doubts."),
    Permission.SUMMARY_ASK: _("Ask a server for a summary of a case's redacted words, where one is set up."),
    Permission.REPORT_VIEW: _("See reports of violations, which are kept from everyone not handling them."),
    Permission.PERSONAL_SEE: _("See names, numbers and addresses unmasked in the cases in sight."),
    Permission.PERSONAL_UNMASK: _("Unmask personal data one at a time, giving a reason that is logged."),
    Permission.PERSON_ERASE: _("Erase a person's data for good."),
    Permission.FIGURE_VIEW: _("See figures and open the cases behind them."),
    Permission.PRICES_READ: _("Read the daily focus list of prices and open the cases behind it."),
    Permission.BULLETIN_VIEW: _("Read bulletins."),
    Permission.BULLETIN_DRAFT: _("Draft bulletins."),
    Permission.BULLETIN_REVIEW: _("Review bulletins that others wrote: remark, return, approve."),
    Permission.BULLETIN_ISSUE: _("Issue bulletins; an issued one cannot change."),
    Permission.EVENTS_VERIFY: _("Read the event log and verify its chain."),
    Permission.PEOPLE_MANAGE: _("Manage people, units and appointments."),
    Permission.POLICY_MANAGE: _("Change settings of local policy and the centre's clock."),
    Permission.STYLEGUIDE_VIEW: _("See the style guide of the pages."),
}
