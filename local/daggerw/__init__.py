"""./daggerw: finds or brings up a Dagger and a cluster, then runs `dagger`."""
