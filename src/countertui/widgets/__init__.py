"""The line widgets, key bar and status line that screens are made of."""
