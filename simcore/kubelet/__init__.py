"""The kubelets of all simulated nodes: pod workers, node status, heartbeats, and the runtime under them."""
