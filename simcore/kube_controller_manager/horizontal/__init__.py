"""The horizontal pod autoscaler: as many replicas as the load asks for."""
