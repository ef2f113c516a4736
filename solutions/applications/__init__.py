"""Reference solutions of the seven applications of lesson 08: one module a notebook."""
