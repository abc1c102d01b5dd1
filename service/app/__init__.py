"""The service: one endpoint, and what running it in production takes."""
