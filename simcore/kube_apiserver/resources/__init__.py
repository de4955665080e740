"""One strategy for each kind, put together from its defaults, rules and columns."""
