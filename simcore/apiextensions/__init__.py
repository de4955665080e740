"""What the API server does about CustomResourceDefinitions after they were written."""
