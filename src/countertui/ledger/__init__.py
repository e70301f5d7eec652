"""The central ledger: takes batches, verifies and posts them."""
