"""Making room for a more important pod: which pods would have to go, on which node they are missed least."""
