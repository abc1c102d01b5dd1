"""What ./daggerw calls."""

import sys

from local.daggerw import wrapper
from local.host import command

if __name__ == "__main__":
    command.stop_on_signals()
    sys.exit(wrapper.main(sys.argv[1:]))
