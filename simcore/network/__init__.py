"""The wires between simulated machines: packets, rules that change their way, and the walk of one packet."""
