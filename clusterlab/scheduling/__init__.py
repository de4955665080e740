"""What the dashboard and the command line ask the scheduler: why, what if, how many more."""
