"""What the centre watches: so far the hot list of events.  Reads cases through their queries, writes nothing."""
