"""From records to the derived tables: `project` brings them up to a record, the others have the kinds by subject."""
