"""The city's configuration, read from TOML."""
