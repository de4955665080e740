"""The scheduling framework: the extension points as Protocols, and the runner that calls the plugins of a profile."""
