"""StatefulSets: pods with names and claims of their own, started and ended in order."""
