"""What clients and servers of the Kubernetes API share: kinds, metadata, selectors, quantities, errors."""
