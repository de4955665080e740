"""Runs clusters: one owner at a time under a lease, in short steps that are one transaction each."""
