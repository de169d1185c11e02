"""Fixtures for every test; the people of the cast live in ``tests/cast.py``."""
