"""The ledger's routes, one module a subject; each adds its own to the service."""
