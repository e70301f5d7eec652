"""Where the demo city works and who works there. Everyone's PIN is shown at sign-on: nothing here is a secret."""

from __future__ import annotations

OFFICES = (
    ("HALL", "City Hall", "1 Falls Square, Alder Falls"),
    ("UTIL", "Utility Office", "240 Canal St, Alder Falls"),
    ("COURT", "Court and Permits", "18 Foundry Ln, Alder Falls"),
)

TERMINALS = (("T1", "HALL"), ("T2", "HALL"), ("T3", "UTIL"), ("T4", "UTIL"), ("T5", "COURT"), ("T6", "COURT"))
"""Terminal code and office."""

DRAWERS = (
    ("D1", "HALL", "Hall, window 1", 200_00),
    ("D2", "HALL", "Hall, window 2", 200_00),
    ("D3", "HALL", "Hall, spare", 100_00),
    ("D4", "UTIL", "Utility, window 1", 300_00),
    ("D5", "UTIL", "Utility, drive-up", 300_00),
    ("D6", "COURT", "Court window", 150_00),
    ("D7", "COURT", "Permit desk", 150_00),
)
"""Drawer code, office, name and fund in cents."""

PEOPLE = (
    ("rosa", "Rosa Delgado", "cashier", "1111"),
    ("ben", "Ben Okafor", "cashier", "2222"),
    ("mei", "Mei Tanaka", "cashier", "3333"),
    ("zoe", "Zoë Núñez", "cashier", "4444"),
    ("ivan", "Ivan O'Brien", "cashier lead", "5050"),
    ("lena", "Lena Whitford", "lead", "5555"),
    ("hugo", "Hugo Marsham", "lead", "6666"),
    ("tess", "Tess Hartley", "technician", "7777"),
    ("omar", "Omar Haddad", "technician", "8888"),
    ("ada", "Ada Stanworth", "auditor", "9999"),
    ("ken", "Ken Birchwood", "admin", "1010"),
    ("uma", "Uma Castellan", "admin", "2020"),
)
"""Operator id, name, roles and demo PIN."""

ACTIVE_FROM = "2026-01-01"

PAPER_BOOK = ("B", 101, 150, "tess")
"""The paper receipt book of the counter's office: series, first and last number, and who issued it."""

RENEWED_BY = ("tess", "omar")
"""Who ran this year's renewals, and who agreed."""
