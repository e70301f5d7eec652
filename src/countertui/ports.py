"""What the counter asks of the outside world: Clock, Ids, Printer, Drawer, Signer, Transport."""
