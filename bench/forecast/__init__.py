"""The forecast's figures: accuracy, coverage, what-if and speed, on simulated days of the product's own core."""
