# ClusterLab's commands. Each works from nothing: Python 3.11+ is all that has to be there.
PYTHON ?= python3
SCRIPTS := $(PYTHON) -m scripts

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults lock format clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: ## start ClusterLab (PORT=8000 KUBE_PORT=6443 DATA_DIR=var HOST=127.0.0.1 ENGINE_WORKERS=<cores>)
	@exec $(SCRIPTS) run

test: ## all tests, the browser's included (ARGS="-k name" for some of pytest's)
	@exec $(SCRIPTS) test $(ARGS)

check: ## format, lint, types, import contracts, tidy tests
	@exec $(SCRIPTS) check

bench: ## benchmarks, one line a figure (ONLY=deploy.1000 for one)
	@exec $(SCRIPTS) bench $(ONLY)

faults: ## random operations under random faults, checked (SEED=<random> MINUTES=2)
	@exec $(SCRIPTS) faults

lock: ## resolve requirements*.in into the pinned, hashed files
	@exec $(SCRIPTS) lock

format: ## format the Python sources and mend what the linter can
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --quiet --fix .

clean: ## remove what can be made again (not DATA_DIR)
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
