"""What the benchmarks stand on: a throw-away private PostgreSQL, a centre with cases, and one way to tell results."""
