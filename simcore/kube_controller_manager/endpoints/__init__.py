"""The addresses behind Services, as EndpointSlices and as Endpoints."""
