"""Admission: what is changed or refused before an object is stored, one plugin a file."""
