from __future__ import annotations

import pytest
from django.utils import translation

from suqing.accounts.permissions import SENTENCES, Permission
from suqing.accounts.roles import ROLES, UnknownRole, role, roles_with

# Rows are permissions, columns the roles that hold them: read it as the centre's rule book.
TABLE = {
    "call.take": {"call_taker", "supervisor"},
    "submission.view": {
        *("call_taker", "dispatcher", "handler", "head", "supervisor"),
        *("analyst", "editor", "inspector"),
    },
    "case.view_all": {
        *("call_taker", "dispatcher", "supervisor", "analyst"),
        *("editor", "leader", "inspector"),
    },
    "case.view_unit": {"handler", "head"},
    "case.dispatch": {"dispatcher", "supervisor"},
    "case.return": {"handler", "head"},
    "case.decide": {"handler", "head"},
    "case.handle": {"handler", "head"},
    "case.close": {"handler", "head", "supervisor"},
    "case.correct": {"dispatcher", "supervisor"},
    "case.approve": {"head"},
    "case.designate": {"head"},
    "case.visit": {"call_taker", "supervisor"},
    "case.reopen": {"supervisor"},
    "case.archive": {"handler", "head", "supervisor"},
    "case.remind": {"dispatcher", "supervisor"},
    "case.supervise": {"supervisor"},
    "case.attach": {"call_taker", "dispatcher", "handler", "head", "supervisor"},
    "case.group": {"analyst", "dispatcher", "handler", "head", "supervisor"},
    "case.bulk": {"dispatcher", "head", "supervisor"},
    "case.import": {"dispatcher", "supervisor"},
    "list.export": {"analyst", "dispatcher", "editor", "handler", "head", "inspector", "supervisor"},
    "entity.manage": {"dispatcher", "supervisor"},
    "document.issue": {"dispatcher", "handler", "head", "supervisor"},
    "rules.manage": {"administrator", "supervisor"},
    "topic.manage": {"analyst", "supervisor"},
    "sensitive.decide": {"head", "supervisor"},
    "sensitive.manage": {"analyst", "supervisor"},
    "quality.read": {"analyst", "leader", "supervisor"},
    "classes.review": {"analyst", "supervisor"},
    "summary.ask": {"analyst", "dispatcher", "handler", "head", "supervisor"},
    "report.view": {"call_taker", "dispatcher", "handler", "head", "supervisor", "analyst", "editor"},
    "personal.see": {"handler", "head"},
    "personal.unmask": {"call_taker", "dispatcher", "supervisor"},
    "person.erase": {"supervisor"},
    "figure.view": {"dispatcher", "head", "supervisor", "analyst", "editor", "leader", "inspector"},
    "prices.read": {"supervisor", "analyst", "leader"},
    "bulletin.view": {"supervisor", "analyst", "editor", "leader", "inspector"},
    "bulletin.draft": {"analyst", "editor"},
    "bulletin.review": {"editor", "leader"},
    "bulletin.issue": {"editor", "leader"},
    "events.verify": {"inspector"},
    "people.manage": {"administrator"},
    "policy.manage": {"administrator"},
    "styleguide.view": {"administrator"},
}


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_is_held_by_the_roles_of_the_table(permission: Permission) -> None:
    assert roles_with(permission) == TABLE[permission]


def test_every_permission_and_role_says_what_it_means() -> None:
    with translation.override("en"):
        assert set(SENTENCES) == set(Permission)
        sentences = [str(permission.sentence) for permission in Permission]
        sentences += [str(known.sentence) for known in ROLES.values()]
        assert all(sentence.endswith(".") for sentence in sentences)
        assert len(set(sentences)) == len(sentences)
        assert all(str(known.label) for known in ROLES.values())


def test_who_manages_people_sees_no_cases() -> None:
    """GB/T 22239: administrators are separated from those who work with the data."""
    managing = ROLES["administrator"].permissions
    assert not {p for p in managing if p.startswith(("case.", "submission.", "report.", "personal."))}


def test_the_auditor_changes_nothing() -> None:
    changing = {
        *(
            "call.take",
            "case.dispatch",
            "case.return",
            "case.decide",
            "case.handle",
            "case.close",
            "case.correct",
        ),
        *("case.approve", "case.designate", "case.visit", "case.reopen", "case.archive"),
        *("case.remind", "case.supervise", "document.issue", "rules.manage"),
        *("person.erase", "bulletin.draft", "bulletin.issue", "people.manage", "policy.manage"),
    }
    assert not ROLES["inspector"].permissions & changing


def test_a_role_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownRole):
        role("emperor")
