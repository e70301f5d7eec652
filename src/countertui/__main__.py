"""Entry of the countertui command."""
