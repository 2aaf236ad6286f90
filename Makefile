# Everything here makes and uses its own virtual environment, .venv; nothing else needs to be installed by hand.
# Needed: Python 3.11 or later, a C compiler with Python's headers, make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*/pyproject.toml)
READY := $(VENV)/.ready
SMART := plugins/smart_equip/src/bandstand_smart_equip/pack

# durable-rules calls PyEval_CallObject, which CPython 3.13 removed in favour of PyObject_CallObject.
export CPPFLAGS := $(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format schemas bench wheels pins clean

help: ## List the targets.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

$(READY): pyproject.toml $(PLUGINS) requirements/dev.txt requirements/durable.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Bandstand needs Python 3.11 or later; name one by make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/durable.txt || { \
	  echo "durable-rules did not compile, so the plain engine will conclude alone. It needs a C compiler and Python's headers."; \
	  test -z "$$CI"; }
	$(BIN)/python -m pip install --quiet --no-deps --editable . $(foreach plugin,$(PLUGINS),--editable $(dir $(plugin)))
	@touch $@

demo: $(READY) ## Evaluate a school of 60 synthetic staff, and one filled sheet, with reasons.
	$(BIN)/python examples/demo_school.py demo-output
	$(BIN)/bandstand evaluate demo-output/evidence.csv --people demo-output/people.csv --as-of 2025-07-31
	$(BIN)/bandstand explain demo-output/evidence.csv --people demo-output/people.csv --as-of 2025-07-31 \
	  --person P-0022 --person P-0010
	$(BIN)/bandstand explain demo-output/sheet-P-0061.xlsx --people demo-output/people.csv --why-not 4

test: $(READY) ## Run every test.
	$(BIN)/python -m pytest

check: $(READY) ## Lint, check types, and see that the published schemas have not drifted.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bandstand.schemas check schemas

format: $(READY) ## Format the code and mend what the linter can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(READY) ## Write the JSON Schemas from the models.
	$(BIN)/python -m bandstand.schemas write schemas

bench: $(READY) ## Time the engines side by side.
	$(BIN)/python benchmarks/engines.py

wheels: $(READY) ## Build the wheels and run the tests against them in an environment of their own.
	tests/run_on_wheels.sh $(PYTHON)

pins: ## Pin what is installed, with hashes and without addresses (needs uv).
	uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-package bandstand --no-emit-package bandstand-smart-equip --no-emit-package durable-rules \
	  --upgrade --output-file requirements/dev.txt

clean: ## Remove what these targets made.
	rm -rf $(VENV) demo-output dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
