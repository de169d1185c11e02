# The verbs of this project.  Bare `make` prints them; CI calls the same ones.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

PORT ?= 8000
HOST ?= 127.0.0.1
# The first Python here that is 3.11 or newer.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV_VERSION := 0.13.9
BIN := .venv/bin
RUN_STAMP := .venv/.run-$(shell cksum requirements.txt | cut -d' ' -f1)
DEV_STAMP := .venv/.dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
# One worker a core; CI may say otherwise.
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
TESTS ?= tests

.PHONY: help run init stop test test-15 lint format bench setup frontend messages images requirements clean

help: ## Print these verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## Prepare everything that is missing, then serve; PORT=8001, REHEARSE="--city nanjing"
	@SUQING_STOP_WITH_PARENT=1 SUQING_REHEARSE="$(REHEARSE)" exec $(BIN)/suqing run --host $(HOST) --port $(PORT)

init: $(RUN_STAMP) ## Make an empty centre (no rehearsal) with a first administrator
	@$(BIN)/suqing init

stop: $(RUN_STAMP) ## Stop what runs from this folder
	@$(BIN)/suqing stop

test: setup frontend ## Run the tests on a real PostgreSQL, one worker a core; TESTS=tests/cases for a part
	@$(BIN)/python -m suqing.config.catalogue compile
	$(BIN)/python -m pytest -n $(JOBS) $(TESTS)

test-15: setup ## Run the tests of the database parts on Debian's PostgreSQL 15
	@$(BIN)/python -m suqing.config.catalogue compile
	SUQING_PG_BIN=/usr/lib/postgresql/15/bin $(BIN)/python -m pytest -n $(JOBS) \
		$(wildcard tests/ledger tests/cases tests/analytics tests/accounts tests/telephony)

lint: setup ## Check style, types and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Write the code in the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Run the benchmarks, or one: BENCH=benchmarks/x.py
	@set -e; found=0; for file in $(or $(BENCH),$(sort $(wildcard benchmarks/*.py))); do \
		found=1; echo "== $$file"; $(BIN)/python $$file; done; \
		[ $$found = 1 ] || echo "benchmarks/ holds none yet"

setup: $(DEV_STAMP) ## Make .venv with everything that running, testing and linting need

frontend: $(RUN_STAMP) ## Build the front end where its sources changed
	@$(BIN)/python -m suqing.config.frontend

messages: $(RUN_STAMP) ## Add new ids to the translation catalogues, compile and check them
	@$(BIN)/python -m suqing.config.catalogue update
	@$(BIN)/python -m suqing.config.catalogue compile
	@$(BIN)/python -m suqing.config.catalogue check

images: setup frontend ## Take the screenshots of docs/images from the real program; IMAGES=case for one
	$(BIN)/python -m tests.browser.images docs/images $(IMAGES)

requirements: $(BIN)/uv ## Pin the dependencies of pyproject.toml anew
	UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile -q --universal --python-version 3.11 \
		pyproject.toml -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile -q --universal --python-version 3.11 \
		--extra dev --extra s3 --extra ocr -c requirements.txt pyproject.toml -o requirements-dev.txt
	UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile -q --universal --python-version 3.11 \
		--extra cluster -c requirements.txt pyproject.toml -o requirements-cluster.txt

clean: ## Remove the environment and what was built; the data under var/ stay
	rm -rf .venv frontend/node_modules suqing/web/static/dist var/static

$(BIN)/uv:
	@[ -n "$(PYTHON)" ] || { echo "Suqing needs Python 3.11 or newer; none was found on PATH (or say PYTHON=...)" >&2; exit 1; }
	@echo "· making .venv"
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; rm -rf .venv; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)

$(RUN_STAMP): | $(BIN)/uv
	@echo "· installing what running needs"
	@$(BIN)/uv pip install -q --python $(BIN)/python -r requirements.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@rm -f .venv/.run-* && touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@echo "· installing what testing needs"
	@$(BIN)/uv pip install -q --python $(BIN)/python -r requirements-dev.txt
	@rm -f .venv/.dev-* && touch $@
