"""Takes the service from a commit to a verified deployment.

Lint, test, build, scan, push, deploy and verify: `deploy` runs them all, each is also a verb of
its own, and all do the same on a laptop and in CI.
"""

import atexit
import gc

# A call is a process of seconds, and nearly all that it holds are classes and code: to look through
# them for what is no longer used takes as long as to ask a cluster how it is.
gc.freeze()
gc.set_threshold(20_000)
atexit.register(gc.freeze)
