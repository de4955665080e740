"""What each kind allows: faults with Kubernetes' messages, field paths and order."""
