# One image for every service: docker build --build-arg SERVICE=planner -f deploy/images/service.Dockerfile .
FROM oven/bun:1.4.5-slim

# The validator mirrors repositories with git.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
COPY deploy/package.json deploy/
COPY libs libs
COPY services services
RUN bun install --frozen-lockfile --production

ARG SERVICE
ENV SERVICE=$SERVICE
USER bun
CMD ["sh", "-c", "exec bun services/$SERVICE/src/main.ts"]
