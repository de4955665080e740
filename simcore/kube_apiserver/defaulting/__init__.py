"""What the server fills in before it looks at an object."""
