ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS dependencies
RUN python3 -m venv /pip && python3 -m venv --without-pip /venv
COPY service/requirements.txt /requirements.txt
RUN /pip/bin/pip --python /venv/bin/python install \
        --no-cache-dir --no-compile --require-hashes --requirement /requirements.txt \
    && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv

FROM ${PYTHON_IMAGE} AS application
COPY service/app /srv/app
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /srv/app

# Nothing runs in the image itself: what the engine lends a container would stay behind.
FROM ${PYTHON_IMAGE}
COPY --from=dependencies /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv
COPY --from=application /srv/app app
USER 10001:10001
EXPOSE 8000
# Kubernetes probes the service; see docs/adr/0003-probe-paths.md.
HEALTHCHECK NONE
CMD ["python", "-m", "app"]

ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED
ARG SOURCE
ENV APP_VERSION=${VERSION} APP_REVISION=${REVISION}
LABEL org.opencontainers.image.title="fastapi" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
