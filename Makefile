# Every target is also one plain command; nothing is hidden here.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
IMAGE ?= echowall:$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench image

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## serve, configured by the environment (see README)
	go run -ldflags "-X main.version=$(VERSION)" ./cmd/echowall serve

demo: ## the whole loop in a browser: no account, no network, no configuration
	go run ./cmd/echowall demo

test: ## install what is missing, check, test with the race detector, fuzz briefly
	@scripts/test.sh

lint: ## only what reads the code: gofmt, modules, vet, staticcheck, import arrows
	@scripts/test.sh lint

bench: ## compare us with peers; raw output goes to bench/results/
	cd bench && go run .

image: ## build the container image IMAGE
	@command -v docker >/dev/null || { echo "no docker on PATH: install it, or build with any tool that reads the Dockerfile" >&2; exit 1; }
	@docker info >/dev/null 2>&1 || { echo "docker is here, but its engine does not answer: start it, or join its group" >&2; exit 1; }
	docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .
