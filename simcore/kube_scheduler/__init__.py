"""kube-scheduler: which node a pending pod runs on, why, and what it waits for when none fits."""
