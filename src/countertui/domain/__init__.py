"""The rules: pure, standard library only; clock and randomness come in as arguments."""
