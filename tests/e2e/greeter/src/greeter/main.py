"""Greets with a count in words."""

from enum import Enum
from typing import Annotated

import humanize
from dagger import Doc, enum_type, function, object_type


@enum_type
class Tone(Enum):
    """How to greet."""

    CALM = "calm"
    LOUD = "loud"


@object_type
class Greeter:
    """Greets people."""

    name: Annotated[str, Doc("Whom to greet")] = "world"

    @function
    def greet(self, tone: Tone = Tone.CALM, times: int = 1) -> str:
        """Greet, some times."""
        greeting = f"hello {self.name}, {humanize.apnumber(times)} times"
        return greeting.upper() if tone is Tone.LOUD else greeting
