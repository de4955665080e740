"""DaemonSets: one pod on every node that wants it."""
