"""A save that comes while its form is being registered leaves no draft behind."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from suqing.cases.actions import drafts
from suqing.cases.actions.registration import register
from suqing.cases.models import Draft
from suqing.lawclock.actions import load_calendars
from suqing.taxonomy.actions import load_reference_data
from tests.cases.examples import contact
from tests.cast import AT, SYSTEM, Cast


@pytest.mark.django_db(transaction=True)
def test_a_save_in_the_middle_of_registration_waits_and_is_told(cast: Cast) -> None:
    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)
    ref, told = uuid4(), []

    def save() -> None:
        try:
            drafts.save_draft(ref=ref, content={"fields": {}}, by=cast.call_taker, at=AT)
        except drafts.AlreadyRegistered as error:
            told.append(error.submission.ref)
        finally:
            connection.close()

    late = threading.Thread(target=save)
    with transaction.atomic():
        register(submission=contact(ref=ref), by=cast.call_taker, at=AT)
        late.start()
        late.join(0.5)
        assert late.is_alive()  # it waits for the registration to end
    late.join(10)
    assert told == [ref]
    assert not Draft.objects.exists()
