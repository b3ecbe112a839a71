# `make` alone prints what there is. Everything runs in the project's own environment, .venv.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SPARK := .venv/ready-spark
OTHERS := .venv-bench/ready
WORKSPACE ?= workspace
PORT ?= 8866

LOCKED := uv pip compile --universal --python-version 3.11 --override overrides.txt --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean

help: ## Print what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## Bring the sample company in, write its reports, serve the forms
	@$(BIN)/planning sample --workspace $(WORKSPACE)
	@$(BIN)/planning goals set --if-missing --workspace $(WORKSPACE)
	@$(BIN)/planning batch --workspace $(WORKSPACE)
	@$(BIN)/planning serve --workspace $(WORKSPACE) --port $(PORT)

test: $(SPARK) ## Run the whole test suite
	@$(BIN)/python -m pytest -rs -n auto --dist loadfile --no-loadscope-reorder

check: $(READY) ## Format, lint and types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

bench: $(READY) $(OTHERS) ## Measure against the bare tools, print the ratios, write build/bench.json
	@$(BIN)/python tests/bench

lock: $(READY) ## Lock the versions anew (needs uv)
	$(LOCKED) --upgrade pyproject.toml --extra dev -o requirements.lock
	$(LOCKED) --constraint requirements.lock pyproject.toml --extra bench -o requirements-bench.lock
	grep -o 'pyspark[^"]*' pyproject.toml | $(LOCKED) --constraint requirements.lock - -o requirements-spark.lock

clean: ## Delete the environment, the workspace and what was built
	rm -rf .venv .venv-bench workspace build

# The lock file names everything, so nothing is left to resolve: --no-deps keeps out what it leaves out.
$(READY): requirements.lock pyproject.toml
	@echo "Making the environment in .venv (about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

# The cluster engine is some 450 MB: the tests alone need it, and who plans on a laptop does not.
$(SPARK): $(READY) requirements-spark.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-spark.lock
	@touch $(SPARK)

# What the forms are measured against: an environment of its own, since front ends that lie beside ours are loaded too.
$(OTHERS): requirements-bench.lock
	@$(PYTHON) -m venv $(dir $(OTHERS))
	@$(dir $(OTHERS))bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-bench.lock
	@touch $(OTHERS)
