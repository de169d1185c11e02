"""What the centre found by looking: words heard more than usual, and those that people do not want to be told again."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

DAY, WEEK = 1, 7
SPANS = (DAY, WEEK)  # days of a window


class WordLook(models.Model):
    """One look at the words of the last ``days``; ``voices`` are the people heard in each window, the oldest first."""

    PRIVACY = dict.fromkeys(("id", "days", "until", "voices", "looked_at", "found"), "internal")

    days = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    voices = ArrayField(models.PositiveIntegerField())
    looked_at = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["days", "until"], name="word_look_once"),
            models.CheckConstraint(condition=Q(days__in=SPANS), name="word_look_span_known"),
        ]

    def __str__(self) -> str:
        return f"words of {self.days} days until {self.until:%Y-%m-%d %H:%M}"


class RisingWord(models.Model):
    """A word of one look.  ``cases`` are the keys of those that hold it; ``curve`` the voices of each window, the oldest first;
    ``surprise`` is -log10 of the probability by chance.  No natural person's name stands in redacted words, and three people said it."""

    PRIVACY = dict.fromkeys(
        ("id", "look", "rank", "word", "beside", "cases", "curve", "expected", "surprise"), "internal"
    )

    look = models.ForeignKey(WordLook, on_delete=models.CASCADE, related_name="words", db_index=False)
    rank = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=40)
    beside = ArrayField(models.CharField(max_length=40))
    cases = ArrayField(models.BigIntegerField())
    curve = ArrayField(models.PositiveIntegerField())
    expected = models.FloatField()
    surprise = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["look", "rank"], name="rising_word_rank_once")]

    def __str__(self) -> str:
        return self.word

    @property
    def voices(self) -> int:
        """People who said it in the last window."""
        return self.curve[-1]

    @property
    def is_new(self) -> bool:
        """Whether nobody said it in the windows before."""
        return not any(self.curve[:-1])


class IgnoredWord(models.Model):
    """A word that is told no more until somebody wants it again."""

    PRIVACY = dict.fromkeys(("id", "word", "by", "at", "ended_at", "ended_by"), "internal")

    word = models.CharField(max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["word"], condition=Q(ended_at=None), name="word_ignored_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ignored_word_ended_whole_or_not",
            ),
        ]

    def __str__(self) -> str:
        return self.word
