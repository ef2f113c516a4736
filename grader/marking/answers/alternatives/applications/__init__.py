"""Right answers of lesson 08 written differently: one module a notebook."""
