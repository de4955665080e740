"""Custom resources: kinds that CustomResourceDefinitions bring, and the definitions themselves."""
