"""What the gateway counts of real requests, look by look."""
