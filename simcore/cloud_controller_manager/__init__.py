"""What a cloud brings to a cluster: addresses of load balancers. A bare cluster has none."""
