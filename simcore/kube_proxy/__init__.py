"""kube-proxy: a node's rules for the addresses of services."""
