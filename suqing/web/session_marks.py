"""What a session remembers about how it began; read by the middleware above and the desks."""

BEGAN, ENDS, LISTED, WAY = "began", "ends", "listed", "way"
# Ways in; the list of sessions and the ledger keep these words.
PASSWORD, PASSKEY, SINGLE = "password", "passkey", "single sign-on"
