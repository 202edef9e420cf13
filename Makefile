# Every command here makes what it needs: a virtual environment in .venv, then the extras of the
# project that it uses. Only Python (3.11 or newer) and make are needed to begin with.

PYTHON ?= python3
VENV   ?= .venv
OUT    ?= out
JOBS   ?= auto
ARGS   ?=

RUN := $(VENV)/bin/python
DRAW := $(VENV)/bin/autograd-viz

EXAMPLE := "e = c*d; c = a+b; d = b+1" a=2 b=1
PATHS := --paths "X->Y: α β γ; Y->Z: δ ε ζ" --of Z --wrt X

# The diagrams hold Greek letters and ∂, whatever the locale says.
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: help demo test test-slow test-browser lint format bench notebooks docs-table clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed  ## write the example diagrams to out/ and print their text
	@mkdir -p $(OUT)
	@echo; echo "== e = (a+b)(b+1): local derivatives =="
	@$(DRAW) $(EXAMPLE) -o $(OUT)/example.svg
	@echo; echo "== the same, reverse mode: one sweep gives the derivative by every node =="
	@$(DRAW) $(EXAMPLE) --mode reverse -o $(OUT)/example-reverse.svg
	@echo; echo "== the same, forward mode: one sweep gives the derivative of every node by b =="
	@$(DRAW) $(EXAMPLE) --mode forward --wrt b -o $(OUT)/example-forward.svg
	@echo; echo "== factoring paths: X to Z over Y =="
	@$(DRAW) $(PATHS) -o $(OUT)/paths.svg
	@echo; echo "== the same, forward mode =="
	@$(DRAW) $(PATHS) --mode forward -o $(OUT)/paths-forward.svg
	@echo; echo "== the same, reverse mode =="
	@$(DRAW) $(PATHS) --mode reverse -o $(OUT)/paths-reverse.svg
	@echo; echo "The diagrams are in $(OUT)/:"; ls $(OUT)/*.svg

test: $(VENV)/.installed-test  ## run the tests (make test ARGS="-k tanh -x")
	$(RUN) -m pytest -n $(JOBS) -m "not slow and not browser" $(ARGS)

test-slow: $(VENV)/.installed-test  ## run the tests that take long, 10,000 random graphs among them
	$(RUN) -m pytest -n $(JOBS) -m "slow and not browser" $(ARGS)

# axe-core, which looks for barriers, is fetched for the run and stays nowhere.
test-browser: $(VENV)/.installed-browser  ## run the tests in chromium and JupyterLab (needs chromium, npm)
	@set -e; box=$$(mktemp -d); trap 'rm -rf $$box' EXIT; \
	npm install --silent --no-audit --no-fund --prefix $$box axe-core@4.14.1; \
	AXE_CORE=$$box/node_modules/axe-core/axe.min.js $(RUN) -m pytest tests/browser $(ARGS)

lint: $(VENV)/.installed-lint  ## check style, types and import directions
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.installed-lint  ## rewrite the files in the project's style
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

bench: $(VENV)/.installed-bench  ## measure speed and memory beside the peers (ARGS="--row import")
	$(RUN) -m benchmarks $(ARGS)

notebooks:  ## execute every notebook
	@if ls notebooks/*.ipynb >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory $(VENV)/.installed-notebooks && \
		$(RUN) -m pytest --nbmake notebooks/ $(ARGS); \
	else \
		echo "notebooks/ holds no notebook yet: nothing to execute"; \
	fi

docs-table: $(VENV)/.installed-test  ## write the table of ops into README.md and check it
	$(RUN) -m docs.op_table --write
	$(RUN) -m docs.op_table --check
	$(RUN) -m docs.conventions --write
	$(RUN) -m docs.conventions --check

clean:  ## remove the virtual environment and everything that was made
	rm -rf $(VENV) $(OUT) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched only after its step succeeded, so a broken download is tried again.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	$(RUN) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-%: pyproject.toml $(VENV)/.made
	$(RUN) -m pip install --quiet --disable-pip-version-check -e ".[$*]"
	@touch $@
