"""What the seven applications of lesson 08 need and do not ask for: their data, networks, baselines, pictures."""
