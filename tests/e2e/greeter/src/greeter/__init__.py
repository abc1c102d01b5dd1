"""A second module for the stack's SDK: a dependency, an enum and a constructor."""

from greeter.main import Greeter

__all__ = ["Greeter"]
