ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS base

FROM base AS dependencies
# The system's certificates, a proxy's among them; pip would take those it brings along.
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt
RUN python3 -m venv /pip && python3 -m venv --without-pip /venv
COPY service/requirements.txt /requirements.txt
RUN /pip/bin/pip --python /venv/bin/python install \
        --no-cache-dir --no-compile --require-hashes --requirement /requirements.txt \
    && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv

FROM base AS application
COPY service/app /srv/app
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /srv/app

# What the service runs on: the base image without what only builds need (docs/adr/0036). It is copied,
# so that no layer below holds that either, and what changes gets a time that is always the same.
FROM base AS system
RUN --mount=type=bind,from=base,target=/base \
    touch /begun && cp --archive /base /system \
    && rm -rf /system/usr/local/bin/pip* /system/usr/local/bin/wheel* \
        /system/usr/local/lib/python3*/ensurepip /system/usr/local/lib/python3*/site-packages/* \
    && packages=$(dpkg-query --admindir=/system/var/lib/dpkg --show --showformat='${Package} ' \
        'python3*-venv' 'python3-*-whl' python3-pip python3-pkg-resources python3-setuptools \
        python3-wheel 2>/dev/null || true) \
    && if [ "$packages" ]; then \
        dpkg --root=/system --log=/dev/null --force-depends --purge $packages; \
    fi \
    && rm -rf /system/var/lib/dpkg/status-old /system/var/log/* \
    && find /system -newer /begun -exec touch --no-dereference --date=@0 {} +

# Nothing runs in the image itself: what the engine lends a container would stay behind.
FROM scratch
COPY --from=system /system /
COPY --from=dependencies /venv /venv
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv
COPY --from=application /srv/app app
USER 10001:10001
EXPOSE 8000
# Kubernetes probes the service; see docs/adr/0003-probe-paths.md.
HEALTHCHECK NONE
CMD ["python", "-m", "app"]

ARG NAME
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED
ARG SOURCE
ENV APP_VERSION=${VERSION} APP_REVISION=${REVISION}
LABEL org.opencontainers.image.title="${NAME}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
