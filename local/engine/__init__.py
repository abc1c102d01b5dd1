"""The Dagger engine, and the Python SDK that it has built in."""
