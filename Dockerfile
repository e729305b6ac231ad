# The one definition of the image, for docker, podman and buildah. Model, embeddings and knowledge are baked in; nothing is
# fetched at run time.
#   make image                 builds it with what is there, starts it read-only and asks it a question
#   docker build -t lotse .    does the first of it
#   docker run --read-only --tmpfs /tmp -v lotse-var:/var/lib/lotse -v ./knowledge:/knowledge:ro --env-file .env lotse
# BASE is any image with Python 3.11 or newer; BUILD one with the same Python, its venv, and `strip` (binutils).
ARG BASE=python:3.11-slim
ARG BUILD=python:3.11
FROM ${BUILD} AS build
LABEL org.opencontainers.image.title=Lotse
# Another index of packages, and its certificates: --build-arg PIP_INDEX_URL=... --build-arg PIP_CERT=...
ARG PIP_INDEX_URL
ARG PIP_CERT
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /opt/lotse
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip /opt/lotse/bin/pip install --no-compile --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN --mount=type=cache,target=/root/.cache/pip /opt/lotse/bin/pip install --no-compile --no-deps . \
    && /opt/lotse/bin/lotse model fetch
# Languages that Lotse does not speak yet, and that are to be added in a container: --build-arg LANGUAGES="ka sq"
ARG LANGUAGES=
COPY scripts/lean.py ./
COPY translations ./translations
RUN PYTHONDONTWRITEBYTECODE=1 /opt/lotse/bin/python lean.py translations ${LANGUAGES} \
    && rm -rf /opt/lotse/bin/pip* /opt/lotse/include /opt/lotse/share/man && find /opt/lotse -name __pycache__ -prune -exec rm -rf {} +
COPY knowledge /knowledge
# A start compiles what is imported, and nothing else. What takes it long is kept, packed, for the first start with the same
# knowledge: what was read, and how its words are spelt. Weights for the processor are made there in a quarter of a second.
ARG CITY=erfurt
RUN export LOTSE_VAR=/tmp/var LOTSE_KNOWLEDGE=/knowledge LOTSE_CITY=${CITY} made=/opt/lotse/share/lotse/made \
    && /opt/lotse/bin/lotse chat < /dev/null > /dev/null && /opt/lotse/bin/lotse ask Termin > /dev/null \
    && mkdir $made && cp /tmp/var/last_good/*/*.made /tmp/var/cache/words-*.made /tmp/var/cache/spelt-*.made $made && gzip -9n $made/*.made \
    && rm /opt/lotse/share/lotse/*.weights \
    && /opt/lotse/bin/python -c "import importlib, pkgutil, bot; \
      [importlib.import_module(m.name) for m in pkgutil.walk_packages(bot.__path__, 'bot.') \
       if m.name != 'bot.__main__' and '.migrations.' not in m.name]" \
    && chmod -R a+rX /opt/lotse

FROM ${BASE}
LABEL org.opencontainers.image.title=Lotse
# Whoever it runs as (docker run --user) may write here, and nowhere else; what Lotse writes is its user's alone (umask 077).
RUN mkdir -p /var/lib/lotse && chmod 1777 /var/lib/lotse
# History and undo in the console: --build-arg GIT=1 adds git, 110 MB with its Perl, where BASE does not have it already.
ARG GIT=
RUN [ -z "${GIT}" ] || command -v git > /dev/null \
    || { apt-get update -qq && apt-get install -qq --no-install-recommends git && rm -rf /var/lib/apt/lists/*; }
COPY --from=build /opt/lotse /opt/lotse
COPY --from=build /src/translations /srv/lotse/translations
COPY --from=build /knowledge /knowledge
WORKDIR /srv/lotse
ENV PATH=/opt/lotse/bin:$PATH HOME=/var/lib/lotse LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 \
    LOTSE_VAR=/var/lib/lotse LOTSE_KNOWLEDGE=/knowledge LOTSE_CACHE=/opt/lotse/share/lotse/made LOTSE_LOG_FORMAT=json
USER 10001:10001
VOLUME /var/lib/lotse
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["lotse", "health"]
CMD ["lotse", "run"]
