"""ReplicaSets: as many pods as asked for, no more and no fewer."""
