"""Registries: what images are called, who asks for them, and what a refusal means."""
