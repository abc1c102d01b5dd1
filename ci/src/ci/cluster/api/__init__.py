"""The API server: what it is asked, and what its answers mean."""
