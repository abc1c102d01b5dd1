"""What every run is made of: its steps and limits, its containers, and how it stops."""
