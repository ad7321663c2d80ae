# syntax=docker/dockerfile:1

FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# Production has its own PostgreSQL: the programs of the private one, optional packages, stay out.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Types and source maps are nothing that runs: 40 % of the size.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY migrations ./migrations
COPY deploy/healthcheck.mjs ./
RUN ln -s /app/dist/cli/main.js /usr/local/bin/muster && chmod +x /app/dist/cli/main.js && mkdir /etc/muster
USER 1000:1000
EXPOSE 3443 7443
# Nothing is written to the file system: run it read-only, with no volume. Certificates, keys and the tokens file are mounted
# where the settings say, readable for user or group 1000.
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s CMD ["node", "/app/healthcheck.mjs"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["serve"]
