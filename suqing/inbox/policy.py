"""Settings of local policy that the inbox declares."""

from __future__ import annotations

from suqing.ledger.policy import declare

N_ = str

BREACH_AT_ONCE = declare(
    "inbox.breach_at_once",
    False,
    N_("Messages about limits that were broken arrive at once, outside duty hours too"),
)
