"""The devices: printers, drawers, scanners, displays."""
