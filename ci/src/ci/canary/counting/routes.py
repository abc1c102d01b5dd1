"""The routes of a release as they are, which lead real requests to it."""

from functools import partial

from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest, Object
from ci.run.errors import NotFound
from ci.run.patience import patiently


async def there(cluster: Cluster, namespace: str, manifest: Manifest) -> list[Object]:
    """Those HTTPRoutes of a manifest that are there already."""
    found = []
    for name in manifest.routes:
        try:
            found.append(await patiently(partial(cluster.route, namespace, name)))
        except NotFound:
            continue
    return found
