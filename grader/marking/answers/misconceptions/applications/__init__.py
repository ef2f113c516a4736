"""Misconceptions of lesson 08: one module a notebook."""
