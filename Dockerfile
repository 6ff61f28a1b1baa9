# One image for all services: compose says which one a container is. TypeScript runs as it is.
FROM node:24-slim

# For checks of kind icmp. Debian's ping carries CAP_NET_RAW, and a container without capabilities may
# not even start such a file. A plain copy asks for the ICMP sockets that Docker allows to everybody
# in a container (net.ipv4.ping_group_range).
RUN apt-get update \
  && apt-get install --yes --no-install-recommends iputils-ping \
  && install --mode=755 "$(command -v ping)" /usr/local/bin/ping \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app

# Without install scripts: the package "node" would fetch a second Node, which is for machines without
# one.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
  && npm cache clean --force

COPY shared shared
COPY db db
COPY scheduler scheduler
COPY worker worker
COPY consumer consumer
COPY web web
COPY site-file site-file
COPY scripts scripts

ENV NODE_ENV=production \
    HEALTH_PORT=8090
USER node

# Drained by SIGTERM; /readyz answers on loopback inside of the container only.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

CMD ["node", "worker/main.ts"]
