from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings

from suqing.kit.secretbox import BadSeal
from suqing.ledger import queries
from suqing.ledger.actions import SubjectErased, destroy_key, encrypt_for, encrypt_many, record
from suqing.ledger.models import Event, SubjectKey
from tests.cast import AT, SYSTEM
from tests.ledger.threads import threads


@pytest.mark.django_db
def test_what_is_encrypted_for_a_subject_is_read_back() -> None:
    sealed = encrypt_for("party:1", "张三丰，13812345678")
    assert "张三丰".encode() not in sealed
    assert queries.decrypt_for("party:1", sealed) == "张三丰，13812345678"
    assert encrypt_for("party:1", "张三丰，13812345678") != sealed


@pytest.mark.django_db
def test_another_subject_cannot_open_it() -> None:
    sealed = encrypt_for("party:1", "张三丰")
    encrypt_for("party:2", "李四")
    with pytest.raises(BadSeal):
        queries.decrypt_for("party:2", sealed)


@pytest.mark.django_db
def test_the_stored_key_is_useless_without_the_master_key() -> None:
    sealed = encrypt_for("party:1", "张三丰")
    with override_settings(SUQING_MASTER_KEY=bytes(32)), pytest.raises(BadSeal):
        queries.decrypt_for("party:1", sealed)


@pytest.mark.django_db
def test_erasure_destroys_the_key_for_good_and_is_on_record() -> None:
    sealed = encrypt_for("party:1", "张三丰")
    destroy_key("party:1", by=SYSTEM, at=AT)
    key = SubjectKey.objects.get(subject="party:1")
    assert key.wrapped_key is None
    assert key.destroyed_at is not None
    assert queries.decrypt_for("party:1", sealed) is None
    assert queries.is_erased("party:1")
    event = Event.objects.get(verb="subject.key_destroyed")
    assert (event.subject_type, event.subject_id, event.at) == ("party", "1", AT)


@pytest.mark.django_db
def test_a_second_erasure_changes_nothing() -> None:
    destroy_key("party:1", by=SYSTEM, at=AT)
    first = SubjectKey.objects.values().get()
    destroy_key("party:1", by=SYSTEM, at=AT)
    assert SubjectKey.objects.values().get() == first
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_nothing_new_is_encrypted_for_an_erased_subject() -> None:
    destroy_key("party:1", by=SYSTEM, at=AT)
    with pytest.raises(SubjectErased):
        encrypt_for("party:1", "张三丰")
    with pytest.raises(SubjectErased):
        record("party.added", ("case", 1), by=SYSTEM, at=AT, personal={"party:1": {"name": "张三丰"}})


@pytest.mark.django_db
def test_many_texts_cost_few_queries(django_assert_max_num_queries: object) -> None:
    items = [(f"party:{n}", f"第{n}人") for n in range(20)]
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        sealed = encrypt_many(items)
    pairs = [(subject, data) for (subject, _text), data in zip(items, sealed, strict=True)]
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        assert queries.decrypt_many(pairs) == [text for _subject, text in items]


@pytest.mark.django_db(transaction=True)
def test_a_key_made_by_many_at_once_is_one_key() -> None:
    with threads() as running:
        made = [running.start(encrypt_for, "party:1", f"text {n}") for n in range(12)]
    texts = [queries.decrypt_for("party:1", one.result()) for one in made]
    assert texts == [f"text {n}" for n in range(12)]
    assert SubjectKey.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_a_key_that_is_both_held_and_destroyed() -> None:
    from django.db import IntegrityError

    encrypt_for("party:1", "张三丰")
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_subjectkey SET destroyed_at = now()")


def test_a_keyed_hash_finds_equal_values_within_one_purpose_only() -> None:
    one = queries.keyed_hash("phone", "13812345678")
    assert one == queries.keyed_hash("phone", "13812345678")
    assert one != queries.keyed_hash("phone", "13812345679")
    assert one != queries.keyed_hash("id number", "13812345678")
    assert len(one) == 64
    with override_settings(SUQING_MASTER_KEY=bytes(32)):
        assert queries.keyed_hash("phone", "13812345678") != one
