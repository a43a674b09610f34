# Everything runs in .venv, which `make setup` creates; no other tool than python3 (3.11+) and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format fuzz

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(STAMP) ## create .venv and install apimlb with all it is developed with

demo: $(STAMP) ## deploy to a local Azure, drive real chat traffic past a quota, show that no client noticed (KEEP=1 leaves it)
	$(BIN)/apimlb demo $(if $(KEEP),--keep)

test: $(STAMP) ## run the whole test suite
	$(BIN)/pytest

check: $(STAMP) ## formatting, lint, types, the import table, rendered policies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy apimlb tests
	$(BIN)/pytest -q tests/unit/test_house.py
	$(BIN)/apimlb render --references policies --check

fuzz: $(STAMP) ## throw texts at the policy language for SECONDS=300 from SEED=1; prints cases/s and failures, shortened
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),300) --seed $(or $(SEED),1)

format: $(STAMP) ## rewrite the sources as the formatter wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
