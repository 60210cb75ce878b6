"""Each figure with its limit and its peer from the same run: ratios in CPU seconds, because walls scatter."""
