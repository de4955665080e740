"""The fast path: numpy over all nodes at once, and results shared by identical pods."""
