"""Topics read to their end, and how far groups are behind them."""
