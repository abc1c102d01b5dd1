"""The image: built, tested, pushed, and what lies beside it."""
