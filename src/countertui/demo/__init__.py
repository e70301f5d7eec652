"""The demo city and its virtual devices."""
