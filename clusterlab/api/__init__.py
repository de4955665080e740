"""The REST API: everything that the dashboard does, with an OpenAPI schema."""
