# Everything runs in .venv; no other tool than python3 (3.11+) and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed: what the demo needs, or all that apimlb is developed with. The latter has the former in it.
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev
# Bytecode is made for what is imported, when it is: for all of the SDKs it would take as long as the download.
# Without any, each of the many processes that the tests start would compile those anew.
unexport PYTHONDONTWRITEBYTECODE
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-compile --editable
# A process more than cores (tests/conftest.py); one that has nothing left takes over tests that wait for another.
PYTEST = $(BIN)/pytest --numprocesses logical --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup docs texts demo test test-shared test-azure-cli check format fuzz kill-matrix soak bench-balancer

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(BIN)/pip:
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(DEMO): pyproject.toml | $(BIN)/pip
	@echo "Installing what the demo needs into $(VENV): apimlb, Azure's SDKs and openai. This is done once …"
	@$(INSTALL) '.[demo]'
	@touch $@

$(DEV): pyproject.toml | $(BIN)/pip
	@echo "Installing what apimlb is developed with into $(VENV). This is done once …"
	@$(INSTALL) '.[dev]'
	@touch $(DEMO) $@

setup: $(DEV) ## create .venv and install apimlb with all it is developed with

demo: $(DEMO) ## deploy to a local Azure, drive real chat traffic past a quota, show that no client noticed (KEEP=1 leaves it)
	$(BIN)/apimlb demo $(if $(KEEP),--keep)

test: $(DEV) ## run the test suite, which needs nothing but what is installed
	$(PYTEST)

test-shared: $(DEV) ## hold the same traffic to Microsoft's documents and recordings in ../shared, or where APIMLB_SHARED points
	$(PYTEST) tests/contract tests/functional/deploy tests/functional/local/test_arm_with_sdk.py tests/integration

AZ ?= $(shell command -v az)
test-azure-cli: $(DEV) ## drive the local Azure with the Azure CLI: AZ=path, or az on the PATH, or else installed (700 MB)
ifeq ($(AZ),)
	$(PYTHON) -m venv $(VENV)/azure-cli
	$(VENV)/azure-cli/bin/python -m pip install --disable-pip-version-check --no-compile azure-cli
endif
	APIMLB_TEST_AZ=$(or $(AZ),$(abspath $(VENV)/azure-cli/bin/az)) $(BIN)/pytest tests/azure_cli

check: $(DEV) ## formatting, lint, types, the import table, what is derived
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy apimlb tests
	$(BIN)/mypy --explicit-package-bases benchmarks
	$(BIN)/pytest -q tests/unit/test_house.py
	$(BIN)/apimlb render --references policies --check
	$(BIN)/python -m apimlb.cli.help_texts --check
	$(BIN)/python docs/derived.py --check

docs: $(DEV) ## build the documentation as a site in build/site
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[docs]'
	$(BIN)/python docs/derived.py
	$(BIN)/mkdocs build --strict --quiet

texts: $(DEV) ## write what is derived anew: the rendered policies, --help, the reference, the schema of the file
	$(BIN)/apimlb render --references policies
	$(BIN)/python -m apimlb.cli.help_texts
	$(BIN)/python docs/derived.py

fuzz: $(DEV) ## throw texts at the policy language for SECONDS=300 from SEED=1; prints cases/s and failures, shortened
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),300) --seed $(or $(SEED),1)

kill-matrix: $(DEV) ## kill every command at each of its writes, real processes, about an hour (STORY=word EVERY=5 for less)
	$(BIN)/python -m tests.kills --story "$(STORY)" --every $(or $(EVERY),1)

soak: $(DEV) ## play COUNT=1000 lives of a stack from SEED=1, and REAL=50 with real processes; failures shortened
	$(BIN)/python -m tests.sequences --count $(or $(COUNT),1000) --real $(or $(REAL),50) --seed $(or $(SEED),1)

bench-balancer: $(DEV) ## how close the policies come to an omniscient balancer, beside the goals (FULL=1: every load, seeds)
	$(BIN)/python benchmarks/balancer.py $(if $(FULL),--full)

format: $(DEV) ## rewrite the sources as the formatter wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
