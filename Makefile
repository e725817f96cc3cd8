# Needs Python 3.11 or newer with venv, and make. Everything else comes from hashed lock files; Node is one of them.
# Paths are relative throughout: the clone may lie anywhere, spaces included.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
POSTGRES_15 := /usr/lib/postgresql/15/bin
# Killed browsers depend on the machine's mood: what failed gets one more try, shown, alone, and must pass.
AGAIN = echo 'Once more, only what failed:'; $(PYTHON) -m pytest -q --last-failed --last-failed-no-failures none
# Each of the two brings a demo of its own.
BROWSER_TESTS := -m browser -n 2 --dist loadfile
# They wait more than they work. What keeps time to half a second has its second try alone.
OTHER_SLOW := -m 'slow and not browser'
OTHER_SLOW_TESTS := $(OTHER_SLOW) -n 2 --dist worksteal
FAST_TESTS := -q -m 'not slow and not browser' -n auto --maxprocesses 4
PWA_SOURCES := $(shell find pwa -type f -not -path 'pwa/node_modules/*' -not -path 'pwa/dist/*' -not -path 'pwa/tests/*' 2>/dev/null)

.NOTPARALLEL:
.PHONY: help run setup check test static fast types lock wheel bench chaos soak simulate clean place

help:
	@echo 'make run    start the demo: everything on this machine, made-up patients'
	@echo 'make test   every test, browser tests included'
	@echo 'make check  style, types, contracts and the fast tests'
	@echo 'make setup  only install what development needs'
	@echo 'make types  write the API description and the types the web apps use'
	@echo 'make wheel  one installable file with everything in it, the web apps too'
	@echo 'make bench  figures beside the limits, as a table: ten minutes on a quiet machine'
	@echo 'make chaos  kill and cut everything at length; writes docs/chaos.md'
	@echo 'make soak   all faults at random for MINUTES=15'
	@echo 'make simulate  weeks of a made-up clinic: PATIENTS=100 WEEKS=8 SEED=1'
	@echo 'make lock   choose new versions of all dependencies'

run: place .venv/.run pwa/node_modules/.built
	@exec $(PYTHON) -m server up --demo

setup: place .venv/.all pwa/node_modules/.built

check: static fast

test: fast
	@.ci/programs
	$(PYTHON) -m pytest -q $(BROWSER_TESTS) || { $(AGAIN) -m browser; }
	$(PYTHON) -m pytest -q $(OTHER_SLOW_TESTS) || { $(AGAIN) $(OTHER_SLOW); }
	@if [ -x $(POSTGRES_15)/postgres ]; then \
		echo 'Schema, statements and stories on PostgreSQL 15:'; \
		AFTERGLOW_TEST_PG=$(POSTGRES_15) $(PYTHON) -m pytest $(FAST_TESTS) --ignore=tests/rules --ignore=tests/api; \
	fi

static: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.ci/npm run --silent check

fast: setup
	$(PYTHON) -m pytest $(FAST_TESTS)

types: setup
	$(PYTHON) -m tests.api_description
	.ci/npm run --silent types

lock: setup
	$(PYTHON) -m uv pip compile pyproject.toml --group demo --group web --group dev --upgrade \
		--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet -o requirements.lock
	$(PYTHON) -m uv pip compile pyproject.toml --group demo --group web -c requirements.lock \
		--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet -o requirements-run.lock

wheel: setup
	$(PYTHON) -m build --wheel --installer uv

bench: setup
	$(PYTHON) -m tests.bench

chaos: setup
	$(PYTHON) -m tests.chaos

MINUTES := 15
soak: setup
	$(PYTHON) -m tests.chaos --minutes $(MINUTES)

PATIENTS := 100
WEEKS := 8
SEED := 1
simulate: setup
	$(PYTHON) -m server simulate --patients $(PATIENTS) --weeks $(WEEKS) --seed $(SEED)

clean:
	rm -rf .venv pwa/node_modules pwa/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A moved clone or a vanished Python makes the stamps untrue.
place:
	@if [ -d .venv ] && { [ "$$(cat .venv/.place 2>/dev/null)" != "$$PWD" ] || ! $(PYTHON) -c '' 2>/dev/null; }; then \
		rm -f .venv/.run .venv/.all; fi

.venv/.run: requirements-run.lock | place
	@.ci/environment requirements-run.lock
	@touch $@

.venv/.all: requirements.lock | place
	@.ci/environment requirements.lock
	@touch .venv/.run $@

pwa/node_modules/.installed: pwa/package-lock.json | place .venv/.run
	@echo 'Installing what the web apps are built with ...'
	@.ci/npm ci --no-audit --no-fund --loglevel=error
	@touch $@

pwa/node_modules/.built: pwa/node_modules/.installed $(PWA_SOURCES) server/patients/library/help_numbers.json
	@echo 'Building the web apps ...'
	@.ci/npm run --silent build
	@touch $@
