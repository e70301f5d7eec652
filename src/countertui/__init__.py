"""The cash counter of a city hall, in a terminal."""
