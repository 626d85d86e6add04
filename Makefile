# Heed. `make demo` runs everything on this machine; `make test` installs what tests need and runs them.
# Paths are relative, so that the folder may have any name.

PYTHON ?= python3
HEED := .venv/bin/heed
RUN := .venv/bin/python
ARGS ?=

.PHONY: help python install dev demo test test-slow lint bench faults clean

help:
	@echo "make demo        install, then start Heed and open its page"
	@echo "make test        all tests but the slow ones"
	@echo "make test-slow   the tests that take minutes or the full reply model"
	@echo "make lint        ruff, mypy, import contract"
	@echo "make bench       measurements, as a table (ARGS=... is passed on)"
	@echo "make faults      kill -9, lost connections, malformed updates (ARGS=... is passed on)"
	@echo "make install     the virtual environment only"
	@echo "make clean       caches and the virtual environment; never .heed, where conversations live"

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "heed: Python is missing; install it: sudo apt-get install python3 python3-venv" >&2; exit 2; }

install: python
	@$(PYTHON) infra/install.py

dev: python
	@$(PYTHON) infra/install.py --dev

demo: install
	@$(HEED) up $(ARGS)

test: dev
	@$(HEED) models pull smollm2-135m-instruct-q4_1 multilingual-e5-small-q4 whisper-base whisper-base-config whisper-base-tokenizer whisper-base-vocabulary face-landmarker
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || echo "heed: no browser, so the browser tests are skipped; install one: sudo apt-get install chromium"
	@$(RUN) -m pytest $(ARGS)

test-slow: dev
	@$(HEED) models pull
	@$(RUN) -m pytest -m slow --timeout 1800 $(ARGS)

lint: dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-cache

bench: dev
	@$(HEED) models pull
	@$(RUN) -m infra.rigs.bench $(ARGS)

faults: dev
	@$(HEED) models pull
	@$(RUN) -m infra.rigs.faults $(ARGS)

clean:
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
