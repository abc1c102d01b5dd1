"""What the project says of itself: its environments, and what feeds them."""
