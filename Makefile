# `make` lists the targets. Pass options on with ARGS, as in: make test ARGS="tests/infra -x"

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults mutants lint format lock sbom audit bench clean

# The first Python that is new enough.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
SETUP = $(if $(PYTHON),$(PYTHON) scripts/setup.py,\
	{ echo "This project needs Python 3.11 or newer: install it and run make again." >&2; exit 1; };:)
BIN := .venv/bin
# Test files run side by side: many wait for a broker or a browser most of the time.
PROCESSES ?= 3

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install everything: Python and front-end packages, Kafka
	@$(SETUP)

demo: setup ## Start a simulated city at 60 times real speed and print the wall's address
	@exec $(BIN)/dunghen demo $(ARGS)

# Also where Python is told to keep nothing compiled: the suite starts hundreds of interpreters, and
# compiling the same files in each took a tenth of a stack's processor time.
test: export PYTHONDONTWRITEBYTECODE =
test: ## Run all tests (a real broker, worker, engine and browser)
	@$(SETUP) --dev --browser
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

faults: ## Kill, stop and starve the running stack at random and recount it (ROUNDS=20 SEED=7)
	@$(SETUP) --dev
	@$(BIN)/python -m tests.faults $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

mutants: ## Change single operators at random: do the tests notice? (ROOM=dossiers SEED=1 ARGS="--sample 50")
	@$(SETUP) --dev
	@$(BIN)/python -m scripts.mutants $(ROOM) $(if $(SEED),--seed $(SEED)) $(ARGS)

lint: ## Check formatting, lint, types, and which room imports what
	@$(SETUP) --dev
	@status=0; $(BIN)/ruff format --check . || status=1; $(BIN)/ruff check . || status=1; \
		$(BIN)/mypy || status=1; $(BIN)/lint-imports --no-logo || status=1; exit $$status

format: ## Format the code and fix what can be fixed safely
	@$(SETUP) --dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Pin the Python packages of requirements/*.in anew, with their hashes
	@$(SETUP) --dev
	@for name in build base dev bench layout; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
			--python-version 3.11 requirements/$$name.in -o requirements/$$name.txt || exit 1; done

sbom: ## Write what the product is made of (CycloneDX) into build/
	@$(SETUP) --dev
	@$(BIN)/python scripts/sbom.py build/dunghen.cdx.json

audit: ## Ask whether a pinned Python package has a known vulnerability (fails, too, if nobody answers)
	@$(SETUP) --dev
	@$(BIN)/python scripts/audit.py

bench: ## Measure the stream job beside its peers, the way to the wall, and recovery
	@$(SETUP) --dev --bench
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## Remove what setup and the tools made (state folders stay)
	@rm -rf .venv .venv-bench dashboards/node_modules build *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
