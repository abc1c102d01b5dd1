"""A release beside the running one, judged by what the gateway counts of requests to either."""
