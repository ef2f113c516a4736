"""Language model: networks that predict the next character, counted n-grams, the notebook's pictures."""
