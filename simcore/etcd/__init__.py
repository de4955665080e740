"""The revisioned, watchable store that stands in for etcd."""
