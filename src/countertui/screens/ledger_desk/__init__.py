"""The technician's desk: pages of what the ledger has, asked for over the network by whoever signs in there."""
