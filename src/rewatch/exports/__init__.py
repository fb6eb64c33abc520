"""Exports: a study written for others to read, one module a format; the printed sheet is one of them."""
