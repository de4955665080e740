"""A small, safe interpreter for the one-liners that manifests hold: words, grammar, execution within bounds."""
