# Everything here makes its own virtual environment in .venv; nothing needs to be installed by hand.
PYTHON ?= python3.11
PYTHON := $(shell command -v $(PYTHON) || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# where Python is told to write no bytecode, each of the tests' many processes would compile everything anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install rehearse test tests slow browser stores check long faults soak wheel bench permissions pictures lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/run.stamp ## make .venv with all that the bot needs

rehearse: .venv/run.stamp ## watch the real bot run a real session, without a token
	@$(BIN)/chairside rehearse $(ARGS)

test: .venv/dev.stamp ## lint, types, layers, tests: within five minutes
	@# mypy knows one core, the tests know them all
	@$(MAKE) --no-print-directory -j 2 check tests

tests: .venv/dev.stamp
	@$(BIN)/python -m compileall -q bot cogs db tests
	@# two more than the cores: a journey waits for its bot, and its bot for it
	@$(BIN)/pytest -n 4 --dist worksteal --store both --hypothesis-profile=quick $(ARGS)

slow: .venv/dev.stamp ## the tests that take seconds each, and all properties with four times the examples
	@$(BIN)/pytest -n 4 --dist worksteal --store both -m "slow or hypothesis" $(ARGS)

browser: .venv/dev.stamp ## the rehearsal's page and the stage view in Chromium
	@$(BIN)/pytest -n 2 --dist worksteal -m browser $(ARGS)

stores: .venv/dev.stamp ## all tests that store something, on SQLite and on PostgreSQL
	@$(BIN)/pytest -n 3 --dist worksteal -m "not long and not browser" --store all tests/db tests/services tests/delivery tests/journeys $(ARGS)

check: .venv/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

long: .venv/dev.stamp ## the journeys that take half a minute and more
	@$(BIN)/pytest -n 2 -m long $(ARGS)

wheel: .venv/dev.stamp ## build the wheel in dist, and try it in an empty environment
	@$(BIN)/python -m hatchling build --target wheel
	@$(BIN)/pytest -m long tests/test_wheel.py

faults: .venv/dev.stamp ## kill the bot 400 times, and count what is lost or doubled
	@$(BIN)/pytest tests/faults -m "faults or not faults" --store all -s -q $(ARGS)

soak: .venv/dev.stamp ## play four days in 24 rooms: memory stays, nothing leaks
	@$(BIN)/pytest tests/soak -m soak -s -q $(ARGS)

bench: .venv/dev.stamp ## measure the promises of docs/performance.md
	@$(BIN)/python -m benchmarks

permissions: .venv/run.stamp ## write docs/permissions.md anew
	@$(BIN)/python -m bot.permissions_page > docs/permissions.md

pictures: .venv/dev.stamp ## take docs/pictures anew from a rehearsal, in Chromium
	@$(BIN)/python -m tests.browser.pictures

lock: .venv/dev.stamp ## resolve requirements/*.txt anew from pyproject.toml
	@./requirements/lock.sh $(BIN)/uv

clean: ## forget the virtual environment and caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Chairside needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …")'
	@echo "Making a virtual environment in .venv …"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the bot needs: a minute or two, this once …"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Installing what the tests need …"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
