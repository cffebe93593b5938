# The one command is `make test`: it installs what is missing, says so, and
# checks everything. `make help` lists the rest.

PLACES := ./...
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 20000x

.PHONY: help
help: ## List what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

.PHONY: demo
demo: ## Start the demo
	go run ./cmd/parley demo

.PHONY: dev
dev: ## Start the demo again whenever a file changes (the component page is at /dev/components)
	go tool templ generate --watch --cmd "go run ./cmd/parley demo"

.PHONY: build
build: ## Build bin/parley
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/parley ./cmd/parley

.PHONY: gen
gen: ## Generate pages, styles and tables that are committed
	go tool templ generate -path ./internal
	cd internal/web/ui/assets && npm ci --silent && npm run --silent build && npm run --silent pdfjs
	go test ./internal/archtest -run TableIsFresh -update

.PHONY: tools
tools: ## Install what tests need: PostgreSQL's server, Chromium, axe
	sh .ci/tools

.PHONY: lint
lint: ## Format, vet, tidy, generated files, staticcheck
	sh .ci/lint

.PHONY: test
test: tools lint ## Everything: both databases, a real browser, the race detector, fuzzing
	sh .ci/test

.PHONY: bench
bench: ## Measure against the budgets in docs/benchmarks.md
	sh .ci/bench
