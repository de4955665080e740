"""Why a pod is where it is, or nowhere: attempts, the node x plugin matrix, the cheapest fix, what still fits."""
