"""Somebody at a desk: a client that has signed in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from suqing.accounts.models import Person


def seat(person: Person, **options: Any) -> Client:
    """Return a client in which this person is signed in."""
    client = Client(**options)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client
