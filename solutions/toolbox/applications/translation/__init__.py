"""Translation: pairs of sentences and two translators without a network, the notebook's pictures."""
