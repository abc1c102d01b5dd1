"""The service without what observes its requests: no metrics, no access log."""

from fastapi import FastAPI

from app.main import app

app.middleware_stack = FastAPI.build_middleware_stack(app)
