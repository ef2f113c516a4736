"""What every lesson may use: data, seeds, training, baselines, plots, the choice of device."""
