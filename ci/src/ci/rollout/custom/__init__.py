"""Kinds that nobody here knows, judged by what all controllers say alike."""
