# docker build -t dstack-simulator .
# docker run --rm -p 127.0.0.1:8090:8090 dstack-simulator

FROM debian:bookworm-slim AS build
WORKDIR /src
# The packages are a layer of their own, which is kept when the sources change.
COPY scripts/setup scripts/packages scripts/
RUN scripts/setup
COPY . .
# The revision that Version reports: --build-arg REV="$(git rev-parse --short=12 HEAD)"
ARG REV=unknown
RUN make -j"$(nproc)" REV="$REV" && strip dstack-simulator

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="dstack-simulator" \
      org.opencontainers.image.description="A dstack guest agent without a TEE, for development and tests only" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libgmp10 libhogweed6 libjansson4 libmbedcrypto7 libmbedtls14 libmbedx509-1 libmsgpackc2 \
        libnettle8 libprotobuf-c1 libsecp256k1-1 libuv1 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 8090 --gid 0 --no-create-home --shell /usr/sbin/nologin dstack \
    && install -d -o dstack -g 0 -m 775 /var/run/dstack
COPY --from=build /src/dstack-simulator /usr/local/bin/dstack-simulator

ENV DSTACK_SIMULATOR_LISTEN=0.0.0.0:8090 \
    DSTACK_SIMULATOR_SOCKET_DIR=/var/run/dstack
# Any other user works as well, as long as its group is 0: OpenShift picks one for each project.
USER 8090:0
# Share this volume, not single sockets of it, with an app that talks to dstack.sock. A socket that
# is mounted by itself is dead after a restart.
VOLUME /var/run/dstack
EXPOSE 8090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=5s --retries=3 CMD ["dstack-simulator", "--healthcheck"]
ENTRYPOINT ["dstack-simulator"]
