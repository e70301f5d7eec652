"""What the bank says: its files read, its lines matched with the city's deposits."""
