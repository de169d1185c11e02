"""Answers about cases, as plain values for pages, the API and commands; a module for each noun."""

from suqing.cases.queries.call_desk import Caller, DraftView, caller, draft_of, drafts_of
from suqing.cases.queries.clocks import (
    ClockView,
    clocks_of,
    explanation,
    extension_requests_of,
    is_extension_waiting,
    next_clocks,
    periods_of,
)
from suqing.cases.queries.competence import (
    Proposal,
    SameDispute,
    disputes_of,
    outside,
    proposal_for_place,
    proposals,
    same_dispute,
)
from suqing.cases.queries.entities import search_entities
from suqing.cases.queries.filters import Filters
from suqing.cases.queries.list_counts import MOST_COUNTED, counts_of, waiting_counts
from suqing.cases.queries.list_pages import LONGEST_KEY, NEWEST, ORDERS, Page, work_list
from suqing.cases.queries.lists import listed, may_search_numbers, narrowed, newest_under, number_in
from suqing.cases.queries.one_case import (
    ContactView,
    PersonalData,
    TimelineEntry,
    dispatch_targets,
    dispatches_of,
    may_trace,
    open_dispatch,
    personal_data,
    same_person,
    siblings,
    steps_for,
    submission_for,
    timeline,
    told_cases,
)
from suqing.cases.queries.ready import WAITING
from suqing.cases.queries.sight import case_for, sees_all_cases, visible_cases

__all__ = [
    "LONGEST_KEY",
    "MOST_COUNTED",
    "NEWEST",
    "ORDERS",
    "WAITING",
    "Caller",
    "ClockView",
    "ContactView",
    "DraftView",
    "Filters",
    "Page",
    "PersonalData",
    "Proposal",
    "SameDispute",
    "TimelineEntry",
    "caller",
    "case_for",
    "clocks_of",
    "counts_of",
    "dispatch_targets",
    "dispatches_of",
    "disputes_of",
    "draft_of",
    "drafts_of",
    "explanation",
    "extension_requests_of",
    "is_extension_waiting",
    "listed",
    "may_search_numbers",
    "may_trace",
    "narrowed",
    "newest_under",
    "next_clocks",
    "number_in",
    "open_dispatch",
    "outside",
    "periods_of",
    "personal_data",
    "proposal_for_place",
    "proposals",
    "same_dispute",
    "same_person",
    "search_entities",
    "sees_all_cases",
    "siblings",
    "steps_for",
    "submission_for",
    "timeline",
    "told_cases",
    "visible_cases",
    "waiting_counts",
    "work_list",
]
