# Everything here makes and uses its own virtual environment, .venv; nothing else needs to be installed by hand.
# Needed: Python 3.11 or later, a C compiler with Python's headers, make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*/pyproject.toml)
READY := $(VENV)/.ready

# durable-rules calls PyEval_CallObject, which CPython 3.13 removed in favour of PyObject_CallObject.
export CPPFLAGS := $(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo spark test packs check format schemas pages bench wheels pins clean

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

DEMO := demo-output/evidence.csv --people demo-output/people.csv --as-of 2025-07-31

demo: $(READY) ## Evaluate a school of 60 synthetic staff under four frameworks, one by one and all at once, with reasons.
	$(BIN)/python examples/demo_school.py demo-output
	$(BIN)/bandstand evaluate $(DEMO)
	$(BIN)/bandstand explain $(DEMO) -f smart_equip --outcome ladder --person P-0022
	$(BIN)/bandstand explain $(DEMO) -f hampshire_careers --set pay_switch=partial --person P-0032
	$(BIN)/bandstand explain $(DEMO) -f cat_toolkit --since 2024-12-31 --person P-0040
	$(BIN)/bandstand explain $(DEMO) -f npqel --outcome plan --person PLAN-1
	$(BIN)/bandstand cohort $(DEMO) -o demo-output/results.parquet --force --verify-sample 10
	$(BIN)/bandstand summary demo-output/results.parquet
	$(BIN)/bandstand open demo-output/results.parquet P-0022 -f smart_equip --outcome ladder
	$(BIN)/bandstand explain demo-output/sheet-P-0061.xlsx --people demo-output/people.csv --why-not 4

spark: $(READY) ## Install what runs a cohort on Spark; it needs Java 17, which make does not install.
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/spark.txt

test: $(READY) ## Run every test; those of Spark are skipped without make spark.
	$(BIN)/python -m pytest

packs: $(READY) ## Check our packs as docs/ci.md tells a trust to check its own.
	$(BIN)/bandstand schemas schemas --check
	$(BIN)/bandstand check . --strict --allow unconfirmed-value
	$(BIN)/bandstand test . --min-coverage 100

check: $(READY) ## Lint, check types, and see that published schemas and the pages that are made have not drifted.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bandstand.schemas check schemas
	$(BIN)/python -m bandstand.framework_pages check docs/frameworks
	$(BIN)/python -m bandstand.code_pages check docs
	$(BIN)/python -m bandstand.kind_pages check docs/rules

format: $(READY) ## Format the code and mend what the linter can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(READY) ## Write the JSON Schemas from the models.
	$(BIN)/python -m bandstand.schemas write schemas

pages: $(READY) ## Write the pages of frameworks, of problem codes and of kinds of rule.
	$(BIN)/python -m bandstand.framework_pages write docs/frameworks
	$(BIN)/python -m bandstand.code_pages write docs
	$(BIN)/python -m bandstand.kind_pages write docs/rules

bench: $(READY) ## Time the engines side by side, the checks of packs as they grow, and whole workforces.
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/peers.txt
	$(BIN)/python benchmarks/cohort.py
	$(BIN)/python benchmarks/together.py

wheels: $(READY) ## Build the wheels and run the tests against them in an environment of their own.
	tests/run_on_wheels.sh $(PYTHON)

pins: ## Pin what is installed, with hashes and without addresses (needs uv).
	uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-package bandstand --no-emit-package durable-rules \
	  $(foreach plugin,$(PLUGINS),--no-emit-package bandstand-$(subst _,-,$(notdir $(patsubst %/,%,$(dir $(plugin)))))) \
	  --upgrade --output-file requirements/dev.txt
	for group in spark peers; do \
	  uv pip compile --quiet --group $$group --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --constraint requirements/dev.txt --upgrade --output-file requirements/$$group.txt; \
	done

clean: ## Remove what these targets made.
	rm -rf $(VENV) demo-output dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
