"""Admission policies: rules in CEL that a cluster's users write, without webhooks."""
