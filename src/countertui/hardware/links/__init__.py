"""The ways to a device: TCP, serial, USB, a print queue, a file."""
