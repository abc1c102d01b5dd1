"""Is the process alive, does it want requests, and which version is it?"""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from app.config import Settings


class Readiness:
    """Whether this process should be sent new requests; once draining, it never is again."""

    draining = False

    def drain(self) -> None:
        """Ask for no more requests; /readyz answers 503 from now on."""
        self.draining = True


def add_routes(app: FastAPI, settings: Settings, readiness: Readiness) -> None:
    """Add /healthz, /readyz and /version to `app`."""
    version = {"version": settings.version, "revision": settings.revision}

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """The process is alive."""
        return JSONResponse({"status": "alive"})

    @app.get("/readyz", responses={503: {"description": "Draining"}})
    async def readyz() -> JSONResponse:
        """The process wants requests; 503 once it is draining."""
        if readiness.draining:
            return JSONResponse({"status": "draining"}, status_code=503)
        return JSONResponse({"status": "ready"})

    @app.get("/version")
    async def get_version() -> JSONResponse:
        """The version and the commit this image was built from."""
        return JSONResponse(version)
