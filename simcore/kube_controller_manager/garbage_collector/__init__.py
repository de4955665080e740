"""Objects whose owners are gone: found by a graph of references, deleted, or let go."""
