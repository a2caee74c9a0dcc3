# `make` lists the targets. Everything sets itself up: Python 3.11+, git and make are enough, except where said.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 5000
SUITE := $(BIN)/python -m tools.suite

.PHONY: help setup demo test test-unit test-browser test-api test-nginx test-recordings test-metrics bench soak test-cluster cluster cluster-stop lint fix catalogue screenshots \
	front-end front-end-check docs lock sbom pin-image clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

setup: $(STAMP) ## Install the app and its tools into .venv

$(STAMP): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## Run the app on a demo cluster at http://localhost:5000
	$(BIN)/modelsweb demo --port $(PORT)

# Side by side: both wait more than they compute.
test: $(STAMP) ## Run all tests that need neither Go nor Node
	@$(MAKE) --no-print-directory -j2 --output-sync=target test-unit test-browser test-api

test-unit: $(STAMP) ## Run the tests without a browser
	$(SUITE) unit -m "not real and not prometheus" --ignore tests/browser --ignore tests/schemathesis -n 2 --dist loadscope

test-browser: $(STAMP) ## Run the browser tests in Debian's Chromium
	@tests/browser/setup.sh
	$(SUITE) browser tests/browser

test-api: $(STAMP) ## Hold our own API against its OpenAPI document for SCHEMATHESIS_SECONDS=300
	$(SUITE) api tests/schemathesis

# What the demo's tests do, done through a gateway: each way that nginx can lead to the app, the longest one for the most.
test-nginx: $(STAMP) ## Run the browser tests through a real nginx that names the user (Debian's)
	@tests/browser/setup.sh
	$(SUITE) nginx-stripped-tls --through-nginx=stripped-tls $(addprefix tests/browser/test_,journey.py list.py service.py dashboard.py)
	$(SUITE) nginx-kept-plain --through-nginx=kept-plain $(addprefix tests/browser/test_,journey.py dashboard.py)

test-metrics: $(STAMP) ## Compare the charts with known traffic through a real Prometheus (Debian's)
	@tests/real_prometheus/setup.sh
	$(SUITE) metrics -m prometheus tests/real_prometheus

RECORDINGS ?= tests/data/recordings
test-recordings: $(STAMP) ## Judge recorded scenarios in RECORDINGS=DIR and compare with their expected.yaml
	$(BIN)/python -m tests.diagnosis.recording $(RECORDINGS)

bench: $(STAMP) ## Measure list, service page and logs on a real control plane; fails where a figure is missed (needs Go)
	@failed=0; for part in texts list api logs large many mixed; do $(BIN)/python -u -m bench.$$part || failed=1; done; exit $$failed

SOAK_SECONDS ?= 600
soak: $(STAMP) ## Ten minutes of changes, cuts and restarts on a real control plane (needs Go)
	$(BIN)/python -u -m bench.soak $(SOAK_SECONDS)

cluster: $(STAMP) ## Build and start a real control plane on loopback (needs Go)
	$(BIN)/python -m tests.controlplane.plane start

cluster-stop: $(STAMP) ## Stop it
	$(BIN)/python -m tests.controlplane.plane stop

test-cluster: $(STAMP) ## Run the contract and sample tests on the real control plane (needs Go)
	$(BIN)/python -m tests.controlplane.plane start
	$(SUITE) cluster -m real -s; status=$$?; $(BIN)/python -m tests.controlplane.plane stop; exit $$status

lint: $(STAMP) ## Check format, style, types, layers, spelling and the catalogue
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet src/modelsweb/web/templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell src tests docs tools *.md
	$(BIN)/python tools/catalogue.py --check

fix: $(STAMP) ## Mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogue: $(STAMP) ## Bring the message catalogue up to date
	$(BIN)/python tools/catalogue.py

screenshots: $(STAMP) ## Take the pictures in docs/images
	@tests/browser/setup.sh
	$(BIN)/python -m tools.screenshots

docs: $(STAMP) ## Write the generated reference pages
	$(BIN)/python tools/reference.py

# Not `npm ci`: it refuses a lock file from a registry that lacks another platform's optional packages.
front-end: ## Build the front end (needs Node)
	npm install --no-save --silent --no-fund --no-audit
	npm run --silent build

front-end-check: front-end ## Test the front end, and check that the committed one is what its sources give (needs Node)
	npm run --silent check
	npm run --silent test
	git diff --exit-code --stat -- src/modelsweb/web/static/dist
	test -z "$$(git status --porcelain -- src/modelsweb/web/static/dist)"

LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-package modelsweb --custom-compile-command "make lock"

lock: $(STAMP) ## Write the locks anew after a change in pyproject.toml; UPGRADE=--upgrade takes the newest versions
	$(LOCK) $(UPGRADE) --extra dev -o requirements/dev.txt
	$(LOCK) $(UPGRADE) --extra build -c requirements/dev.txt -o requirements/app.txt

sbom: $(STAMP) ## Write what the image holds, as CycloneDX, to build/sbom.json
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.json requirements/app.txt

IMAGE ?= docker.io/library/python:3.13-slim
pin-image: ## Write the digest of the base image into the Containerfile (needs docker with buildx)
	@digest=$$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' $(IMAGE)) && \
		[[ $$digest =~ ^sha256:[0-9a-f]{64}$$ ]] && \
		sed -i "s|^ARG PYTHON=.*|ARG PYTHON=$(IMAGE)|; s|^ARG DIGEST=.*|ARG DIGEST=@$$digest|" Containerfile && \
		grep ^ARG Containerfile

clean: ## Remove what was installed and built
	rm -rf $(VENV) .cluster node_modules build
