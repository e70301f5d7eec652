"""A city's own files into the ledger's tables, by a mapping file: nothing is lost, every row is in or says why not."""
