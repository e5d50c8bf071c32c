# Two commands matter: `make run` and `make test`. Both work on a bare machine with Python 3.11.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Where pip finds PyTorch's CPU build, if your package index does not offer it: make run TORCH_INDEX=https://...
TORCH_INDEX ?=
TORCH_VERSION ?= 2.13.0
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM ?= false

.PHONY: run serve test check fmt bench install models help clean

help:            ## Show the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: install models        ## Install, fetch the models, index knowledge_base/ and serve
	-@$(BIN)/frontdesk index
	$(BIN)/frontdesk serve

test: $(VENV)/.dev models  ## Set everything up and run the whole suite
	@sh scripts/system-packages.sh
	$(BIN)/python -m pytest -q

check: $(VENV)/.dev        ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(VENV)/.dev          ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install models      ## Ratios against plain peers in the same run
	$(BIN)/frontdesk bench

install: $(VENV)/.installed

models: $(VENV)/.installed
	@$(BIN)/frontdesk models fetch

$(VENV)/.installed: pyproject.toml scripts/install.sh
	PYTHON="$(PYTHON)" TORCH_INDEX="$(TORCH_INDEX)" TORCH_VERSION="$(TORCH_VERSION)" sh scripts/install.sh $(VENV) .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

clean:           ## Remove the environment, the index and caches (models and data stay)
	rm -rf $(VENV) build *.egg-info data/index .pytest_cache .mypy_cache .ruff_cache
