"""Client for Alma's REST API, with rate limiting, retries and reconciliation batches."""
