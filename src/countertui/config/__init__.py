"""The city's configuration: a folder of TOML files, every row dated and with the ordinance it comes from.

```
city.toml     [[city]]     name and rules            one row in force
offices.toml  [[office]]   [[terminal]]  [[drawer]]  by code
tenders.toml  [[tender]]   control accounts          one row in force for each kind
gl.toml       [[control]]  pooled fund               one row in force
              [[fund]]     interfund accounts        by code
```

A row is in force from `effective_from` to `effective_to`, both days included; without `effective_to`, until the next
row of the same key begins. Money is in dollars (`150.00`), read as Decimal and kept as cents. What is not known is
refused.
Its modules load pydantic, which is slow and large: nothing that runs at a counter may import one. A terminal's own
settings (`terminal`) need none of the city's files, and no pydantic.
"""
