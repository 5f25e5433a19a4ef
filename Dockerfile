# Two stages: a Go toolchain that builds, and an image that holds one file and runs it as nobody.
FROM golang:1.26-bookworm AS build
WORKDIR /src
ARG VERSION=dev
# A module mirror near you, where the default is slow: --build-arg GOPROXY=...
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o echowall ./cmd/echowall

# No shell and no package manager. Content, pages and templates are inside the binary.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /
COPY --from=build /src/echowall /
ENV ZONEINFO=/zoneinfo.zip ECHOWALL_ADDR=:8080
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["/echowall", "health"]
ENTRYPOINT ["/echowall"]
CMD ["serve"]
