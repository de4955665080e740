"""May this user do this? RBAC with its default roles, the node authorizer, and the questions about them."""
