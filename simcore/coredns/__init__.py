"""CoreDNS: the names of services and pods."""
