"""What the server tells about its own work: the x-ray of requests, the audit log, and figures for Prometheus."""
