"""The local store: SQLite, one writer."""
