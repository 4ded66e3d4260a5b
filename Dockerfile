# Two stages: the second holds one virtual environment, and nothing of what built it.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/chairside
# a layer of its own: it is made anew only when what the bot needs has changed
COPY requirements/run.txt requirements/
RUN pip --python /opt/chairside/bin/python install --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY db db
RUN pip --python /opt/chairside/bin/python install --no-build-isolation --no-deps .

FROM python:3.11-slim
RUN groupadd --gid 10001 chairside \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin chairside \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/chairside /opt/chairside
ENV PATH=/opt/chairside/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    METRICS_PORT=127.0.0.1:9464
# the SQLite file, unless DATABASE_URL names another store
WORKDIR /data
VOLUME /data
# by number, so that what runs it can see that this is not root
USER 10001:10001
# /healthz answers 503 when the loop is stuck or Discord is gone; where METRICS_PORT is empty there is nobody to ask
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client as h, os; a = os.environ.get('METRICS_PORT') or exit(0); c = h.HTTPConnection('127.0.0.1', int(a.rpartition(':')[2]), timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["chairside"]
CMD ["run"]
