"""The commands behind the Makefile: install, start, test, check. Standard library only until .venv exists."""
