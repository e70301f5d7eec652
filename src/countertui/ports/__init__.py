"""What the counter needs from the outside world, as Protocols: time, ids, signing, devices, sending."""
