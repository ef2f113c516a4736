"""Forecasting: the weather of Beijing, the notebook's pictures."""
