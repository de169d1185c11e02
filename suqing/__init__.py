"""Suqing (诉情): a 12315 consumer complaint and report centre."""

__version__ = "0.1.0"
