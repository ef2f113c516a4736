"""Speech: recordings of spoken digits, networks that read them, the notebook's pictures."""
