"""Forms with files that are too large are refused before they are read."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
FORM = "multipart/form-data; boundary=x"


def test_two_gigabytes_in_a_form_are_not_read(centre: Cast) -> None:
    answer = seat(centre.handler, enforce_csrf_checks=True).post(
        "/cases/TS1/files/", b"x", content_type=FORM, CONTENT_LENGTH=str(2 * 1024**3)
    )
    assert answer.status_code == 413
    assert "1100 MB" in answer.content.decode()


def test_who_has_not_signed_in_sends_no_files(centre: Cast) -> None:
    large = b"x" * 2 * 1024**2
    assert Client().post("/sign-in/", large, content_type=FORM).status_code == 413
    assert seat(centre.handler).post("/cases/TS1/files/", large, content_type=FORM).status_code != 413
