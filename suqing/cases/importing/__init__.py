"""Tables of cases from elsewhere: reading files, knowing their columns, making each row a ``PastCase``.  Pure."""
