"""Tagging: tagged sentences, baselines that count, the best path of tags, the notebook's pictures."""
