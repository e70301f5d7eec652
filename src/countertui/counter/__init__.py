"""The jobs of the counter, one module a job."""
