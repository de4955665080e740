"""What a component holds: a client of the API server, informers, work queues and the control loop."""
