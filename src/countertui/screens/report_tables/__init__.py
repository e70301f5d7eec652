"""Reports as tables: a list of them, and each with its days, its periods, the way from a row on, and its files."""
