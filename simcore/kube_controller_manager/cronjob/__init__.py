"""CronJobs: Jobs at the times that a schedule names."""
