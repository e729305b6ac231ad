# Two commands: `make run` runs Lotse, `make test` runs every test. Both set everything up first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.lotse-set-up

.PHONY: run test setup check graphs messages picture clean help

run: setup ## run Lotse: Telegram with a token, else chat in this terminal
	@$(BIN)/lotse run

test: setup ## lint, types, architecture, then every test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/lotse check
	@$(BIN)/pytest

setup: $(STAMP) ## make .venv and install what pyproject.toml names

$(STAMP): pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh
	@touch $@

graphs: setup ## make the model's graphs (bot/engine/graphs) anew
	@PYTHONPATH=. $(BIN)/python scripts/graphs.py

messages: setup ## bring translations up to date with the German sentences
	@$(BIN)/python scripts/messages.py

picture: setup ## draw the README's picture from what the bot says today (needs Chromium)
	@PYTHONPATH=. $(BIN)/python scripts/picture.py

check: setup ## check the knowledge
	@$(BIN)/lotse check

clean: ## remove the environment and what tests leave behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info build

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
