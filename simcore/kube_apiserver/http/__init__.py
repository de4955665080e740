"""The Kubernetes API's HTTP semantics as pure functions: a request in, a response or a stream out. No sockets here."""
