# Two stages: build with pip, run without it. Model and embeddings are baked in; nothing is fetched at run time.
#   docker build -t lotse .
#   docker run --read-only --tmpfs /tmp -v lotse-var:/var/lib/lotse --env-file .env lotse
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/lotse
COPY requirements.lock ./
RUN /opt/lotse/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /opt/lotse/bin/pip install --no-deps . && /opt/lotse/bin/lotse model fetch
COPY knowledge ./knowledge
COPY translations ./translations
# One question per city embeds its phrases and fits its classifier; the start finds both.
RUN for city in knowledge/*/city.yaml; do \
      LOTSE_VAR=/opt/lotse/baked /opt/lotse/bin/lotse ask --city "$(basename "$(dirname "$city")")" Termin > /dev/null; \
    done && chmod -R a+rX /opt/lotse/baked  # a `var` is its user's alone; this one is read by another

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home /var/lib/lotse lotse \
    && install -d -o lotse -g lotse /var/lib/lotse
COPY --from=build /opt/lotse /opt/lotse
COPY --from=build /src/knowledge /srv/lotse/knowledge
COPY --from=build /src/translations /srv/lotse/translations
WORKDIR /srv/lotse
ENV PATH=/opt/lotse/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 \
    LOTSE_VAR=/var/lib/lotse LOTSE_CACHE=/opt/lotse/baked/cache LOTSE_LOG_FORMAT=json
USER lotse
VOLUME /var/lib/lotse
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["lotse", "health"]
CMD ["lotse", "run"]
