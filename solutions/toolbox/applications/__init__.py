"""What the seven notebooks of lesson 08 need and do not ask for: a room for each, with its data, networks and pictures.

May import: `nets`, `text`, `experiments`, `pictures`; no application imports another.
"""
