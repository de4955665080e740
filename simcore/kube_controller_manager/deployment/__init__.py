"""Deployments: from one ReplicaSet to the next, a few pods at a time."""
