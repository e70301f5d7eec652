"""Keys, signed bytes, envelopes and their transport."""
