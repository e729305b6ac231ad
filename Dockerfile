# The one definition of the image, for docker, podman and buildah. Model, embeddings and knowledge are baked in; nothing is
# fetched at run time.
#   make image                 builds it with what is there, starts it read-only and asks it a question
#   docker build -t lotse .    does the first of it
#   docker run --read-only --tmpfs /tmp -v lotse-var:/var/lib/lotse -v ./knowledge:/knowledge:ro --env-file .env lotse
# BASE is any image with Python 3.11 or newer and its venv.
ARG BASE=python:3.11-slim
FROM ${BASE} AS build
# Another index of packages, and its certificates: --build-arg PIP_INDEX_URL=... --build-arg PIP_CERT=...
ARG PIP_INDEX_URL
ARG PIP_CERT
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /opt/lotse
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip /opt/lotse/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN --mount=type=cache,target=/root/.cache/pip /opt/lotse/bin/pip install --no-deps . && /opt/lotse/bin/lotse model fetch
# What never runs here, a third of all: pip, tests, headers, tools for making models, onnxruntime once more for programs
# in C, and fonttools, which packages of fonts ask for beside their fonts.
RUN cd /opt/lotse/lib/python3.*/site-packages \
    && rm -rf pip pip-* setuptools setuptools-* pkg_resources /opt/lotse/bin/pip* /opt/lotse/share/man fontTools \
       onnxruntime/capi/libonnxruntime.so.* onnxruntime/transformers onnxruntime/quantization onnxruntime/tools \
       numpy/f2py numpy/distutils numpy/_core/include numpy/_core/lib sqlalchemy/testing lxml/includes \
    && find . -type d -name tests -prune -exec rm -rf {} + \
    && find . -type f \( -name '*.pyi' -o -name '*.c' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' \) -delete
COPY knowledge ./knowledge
COPY translations ./translations
# A question makes what the model needs on this kind of processor; what is imported on the way is compiled, and nothing else.
RUN LOTSE_VAR=/tmp/var /opt/lotse/bin/lotse ask Termin > /dev/null \
    && /opt/lotse/bin/python -c "import importlib, pkgutil, bot; \
      [importlib.import_module(m.name) for m in pkgutil.walk_packages(bot.__path__, 'bot.') \
       if m.name != 'bot.__main__' and '.migrations.' not in m.name]" \
    && chmod -R a+rX /opt/lotse

FROM ${BASE}
# Whoever it runs as (docker run --user) may write here, and nowhere else; what Lotse writes is its user's alone (umask 077).
RUN mkdir -p /var/lib/lotse && chmod 1777 /var/lib/lotse
COPY --from=build /opt/lotse /opt/lotse
COPY --from=build /src/translations /srv/lotse/translations
COPY --from=build /src/knowledge /knowledge
WORKDIR /srv/lotse
ENV PATH=/opt/lotse/bin:$PATH HOME=/var/lib/lotse LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 \
    LOTSE_VAR=/var/lib/lotse LOTSE_KNOWLEDGE=/knowledge LOTSE_LOG_FORMAT=json
USER 10001:10001
VOLUME /var/lib/lotse
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["lotse", "health"]
CMD ["lotse", "run"]
