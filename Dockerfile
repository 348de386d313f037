# docker build -t dstack-simulator .
# docker run --rm -p 127.0.0.1:8090:8090 dstack-simulator
#
# `scripts/image` makes the last stage alone, from a program of `make static` that is there already.

FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS build
WORKDIR /src
# The packages are a layer of their own, which is kept when the sources change.
COPY scripts/setup scripts/packages scripts/
RUN scripts/setup
ARG TARGETARCH
RUN dpkg --print-architecture | grep -qx "${TARGETARCH:-$(dpkg --print-architecture)}" || scripts/setup cross
COPY . .
# The revision that Version reports: --build-arg REV="$(git rev-parse --short=12 HEAD)". A source
# archive knows its own.
ARG REV
RUN ARCH="${TARGETARCH:-$(dpkg --print-architecture)}" \
    && make static ARCH="$ARCH" ${REV:+REV="$REV"} \
    && install -D "build/static/$ARCH/dstack-simulator" /image/usr/local/bin/dstack-simulator \
    && install -d -m 775 /image/var/run/dstack

FROM scratch
LABEL org.opencontainers.image.title="dstack-simulator" \
      org.opencontainers.image.description="A dstack guest agent without a TEE, for development and tests only" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chown=8090:0 /image/ /

ENV DSTACK_SIMULATOR_LISTEN=0.0.0.0:8090 \
    DSTACK_SIMULATOR_SOCKET_DIR=/var/run/dstack
# Any other user works as well, as long as its group is 0: OpenShift picks one for each project.
USER 8090:0
# Share this volume, not single sockets of it, with an app that talks to dstack.sock. A socket that
# is mounted by itself is dead after a restart.
VOLUME /var/run/dstack
EXPOSE 8090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=5s --retries=3 CMD ["/usr/local/bin/dstack-simulator", "--healthcheck"]
ENTRYPOINT ["/usr/local/bin/dstack-simulator"]
