"""What the centre watches: so far the hot list of events, and new words."""
