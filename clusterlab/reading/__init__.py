"""What the dashboard reads of a cluster besides its present: history, causes, Events, logs, measurements."""
