"""What a batch will do to the books, before it is written: `batch` takes its records, the others enter each kind."""
