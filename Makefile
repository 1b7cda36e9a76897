# Everything a newcomer and a contributor types. `make` alone prints this list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export MWEYA_HOME ?= $(CURDIR)/station-home

# What the station needs from Debian, and what its tests need besides.
STATION_PACKAGES := python3 python3-venv ffmpeg liquidsoap icecast2 espeak-ng libebur128-1 bubblewrap
TEST_PACKAGES := chromium postgresql hledger openssl strace libfaketime

LOCKING := --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
  --upgrade pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run station test prove check bench format languages lock pictures clean

help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; \
	do printf '  make %-10s %s\n' "$$name" "$$what"; done

run: station ## Install what is missing, make a demo station if there is none, and put it on air
	@test -f "$(MWEYA_HOME)/station.toml" || $(BIN)/mweya init --demo
	@exec $(BIN)/mweya up

station: $(VENV)/station.stamp ## Install what a station needs, and nothing else

test: $(VENV)/dev.stamp ## Run every test, on the real servers
	$(BIN)/pytest

prove: $(VENV)/dev.stamp ## Prove market and solver at length, each against a plain model: half an hour
	$(BIN)/python -m tests.station.machine --examples 2000 --steps 100
	$(BIN)/python -m tests.scheduler.at_length --examples 20000

check: $(VENV)/dev.stamp ## Format, lint, types, import contracts, docs: before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest --quiet tests/docs

bench: $(VENV)/dev.stamp ## Measure ledger, solver, sound, playout and pages, each beside other ways or smaller stations
	$(BIN)/python -m bench.ledger
	$(BIN)/python -m bench.solver
	$(BIN)/python -m bench.media
	$(BIN)/python -m bench.playout --slots 16
	$(BIN)/python -m bench.playout_cost --channels 3 --listeners 500
	$(BIN)/python -m bench.desk

format: $(VENV)/dev.stamp ## Put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

languages: $(VENV)/dev.stamp ## Bring the catalogues of languages up to date with what is said
	$(BIN)/python -m tests.languages.gather

pictures: $(VENV)/dev.stamp ## Take the README's pictures from a running demo station
	$(BIN)/python -m tests.journeys.pictures

lock: ## Pin the newest packages that pyproject.toml allows (needs uv)
	uv pip compile $(LOCKING) --extra install -o requirements.lock
	uv pip compile $(LOCKING) --extra install --extra dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove what was installed here; the station's folder stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/station.stamp: requirements.lock pyproject.toml
	@sh install-debian.sh $(STATION_PACKAGES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock tests/node/package.json $(VENV)/station.stamp
	@sh install-debian.sh $(TEST_PACKAGES)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix tests/node --no-package-lock --no-audit --no-fund \
	  --ignore-scripts --loglevel error
	@touch $@
