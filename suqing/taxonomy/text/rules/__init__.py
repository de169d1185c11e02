"""The rule language of topics: read, written, and matched over texts."""
