"""This machine: its programs, processes, files and packages, and where the stack keeps things."""
