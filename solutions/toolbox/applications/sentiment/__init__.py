"""Sentiment: rated and made sentences, training, the bag of words, the notebook's pictures."""
