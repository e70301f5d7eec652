"""What people read at the ledger's desk: each module one question, or one worklist."""
