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
Importing this module loads pydantic, which is slow: nothing that runs before the first paint may import it.
"""

from __future__ import annotations

from countertui.config.folder import FILES, CityInForce, load_city, read_city
from countertui.config.problems import ConfigError
from countertui.config.rows import Control, Drawer, Fund, Office, TenderAccounts, Terminal

__all__ = [
    "FILES",
    "CityInForce",
    "ConfigError",
    "Control",
    "Drawer",
    "Fund",
    "Office",
    "TenderAccounts",
    "Terminal",
    "load_city",
    "read_city",
]
