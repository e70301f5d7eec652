"""The cash counter of a city hall, in a terminal."""

__version__ = "0.1.0"
"""As pyproject.toml has it: asking the installed package loads what reads archives and mail."""
