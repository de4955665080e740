"""The controllers: each compares one kind's wanted state with what is, and takes the next step."""
