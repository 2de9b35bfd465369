# An image with the Debian package of this checkout in it, and nothing that built it:
#
#   docker build -t relay .
#   docker run --rm relay --version
FROM debian:12 AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup --build
COPY . .
RUN scripts/package

FROM debian:12-slim
RUN --mount=type=bind,from=build,source=/src/build/package,target=/mnt \
    apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates /mnt/relay_*.deb \
 && rm -rf /var/lib/apt/lists/*
# The state file lies in the working directory. Give it a volume: on CrateDB it holds snapshot progress.
RUN install -d -o 65532 -g 65532 /var/lib/relay
WORKDIR /var/lib/relay
USER 65532:65532
VOLUME /var/lib/relay
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/relay"]
CMD ["--config", "/etc/relay/relay.toml", "cdc-relay"]
