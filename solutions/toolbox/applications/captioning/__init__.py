"""Captions for pictures: the album, the network that learns it and its rivals, the notebook's pictures."""
