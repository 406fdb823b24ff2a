# Two commands a newcomer needs: `make demo` and `make test`. Python >= 3.11 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared
ROWS := $(SHARED)/data/inferencex
ROW_FILES := $(wildcard $(ROWS)/*.json)
DEMO ?= .demo
FILLED := $(DEMO)/filled-from-$(words $(ROW_FILES))
PORT ?= 8000

.PHONY: demo test check format bench clean

demo: $(VENV)/installed $(FILLED)  ## the comparison pages, on packaged and, where they lie, real rows
	@$(BIN)/isoline serve --store $(DEMO)/store --port $(PORT)

test: $(VENV)/dev-installed  ## every test
	$(BIN)/python -m pytest -n 2

check: $(VENV)/dev-installed  ## lint, types, layers, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_docs.py

format: $(VENV)/dev-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev-installed  ## figures with ratios; see benchmarks/README.md
	$(BIN)/python benchmarks/compare.py

clean:
	rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Isoline needs Python 3.11 or newer; set PYTHON=…") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/dev-installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@npm install --prefix $(VENV)/npm --no-save --silent axe-core@4 \
	  || echo "axe-core could not be fetched with npm: its checks are left out"
	touch $@ $(VENV)/installed

# Real rows beside the packaged readings: imported once, and again when a file is newer.
$(FILLED): $(ROW_FILES) | $(VENV)/installed
	@mkdir -p $(DEMO)/store
	@if [ -d "$(ROWS)" ]; then \
	  echo "importing the rows of $(ROWS) into $(DEMO)/store"; \
	  $(BIN)/isoline import inferencex $(ROWS) --store $(DEMO)/store; \
	else \
	  echo "no rows at $(ROWS): showing the packaged readings alone"; \
	fi
	@touch $@
