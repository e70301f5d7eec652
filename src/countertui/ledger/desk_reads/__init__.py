"""What people read at the ledger's desk: each a function of a connection and its arguments, JSON-able."""
