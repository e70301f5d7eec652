"""The one room that knows all others and plugs them together."""
