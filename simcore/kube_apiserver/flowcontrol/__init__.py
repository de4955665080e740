"""API priority and fairness: the objects that a new cluster has, and which of them a request belongs to."""
