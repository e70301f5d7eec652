"""The screens a person works at."""
