# One image for the web server and the engine workers; docker-compose.yml says which is which.
FROM node:22-slim AS dashboard
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 UV_COMPILE_BYTECODE=1 MALLOC_ARENA_MAX=1 PATH=/app/.venv/bin:$PATH
WORKDIR /app
COPY requirements.txt requirements-uv.txt ./
COPY scripts/ scripts/
RUN python3 -m scripts install
COPY manage.py ./
COPY simcore/ simcore/
COPY clusterlab/ clusterlab/
COPY templates/ templates/
COPY examples/ examples/
COPY --from=dashboard /src/frontend/dist frontend/dist
RUN useradd --create-home clusterlab && mkdir /data && chown clusterlab /data
USER clusterlab
VOLUME /data
EXPOSE 8000 6443
