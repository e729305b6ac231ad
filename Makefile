# Two commands: `make run` runs Lotse, `make test` runs every test. Both set everything up first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.lotse-runs
STAMP := $(VENV)/.lotse-set-up

.PHONY: run test room install setup check graphs vectors messages picture pictures image compose locked mutants clean help

run: install ## run Lotse: Telegram with a token, else chat in this terminal; and the chat in a browser
	@$(BIN)/lotse run --web 127.0.0.1:8080+

test: room setup ## lint, types, architecture, then every test
	@sh scripts/test_servers.sh
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/lotse check
	@$(BIN)/lotse vectors --check
	@VENV="$(VENV)" sh scripts/both_babels.sh
	@$(BIN)/pytest

room:
	@sh scripts/room.sh

install: $(RUNS) ## make .venv and install what Lotse needs to run, and its model

setup: $(STAMP) ## the same, and what its tests and checks need

$(RUNS): pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh
	@touch $@

$(STAMP): pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh dev
	@touch $@ $(RUNS)

graphs: setup ## make the model's graphs (bot/engine/graphs) anew
	@PYTHONPATH=. $(BIN)/python scripts/graphs.py

vectors: setup ## learn the knowledge and put what was learned beside it (after edits; CI allows 3 % to be missing)
	@$(BIN)/lotse vectors

messages: setup ## bring translations up to date with the German sentences
	@$(BIN)/python scripts/messages.py

picture: setup ## draw the README's picture from what the bot says today (needs Chromium)
	@PYTHONPATH=. $(BIN)/python scripts/picture.py

pictures: setup ## photograph Lotse's pages for README.md and docs/ (needs Chromium and its driver)
	@PYTHONPATH=. $(BIN)/python scripts/pages.py

locked: ## the unit tests with the versions of the lock, in an environment of their own
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/locked.sh

image: setup ## build the container image, start it shut in, ask it, correct it, stop it; prints its size and the seconds
	@SIZE=1 sh scripts/image.sh localhost/lotse
	@$(BIN)/pytest -rP tests/e2e/test_image.py

compose: setup ## run deploy/compose.yaml with podman-compose (fetched for this alone: it is under the GPL), ask, stop
	@sh scripts/podman_compose.sh
	@$(BIN)/pytest -rs tests/e2e/test_compose.py

check: setup ## check the knowledge
	@$(BIN)/lotse check

mutants: setup ## which small faults in a room its tests do not notice: make mutants ROOM=storage SEED=1 SIZE=80
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -e ".[dev,mutation]"
	@$(BIN)/python -m tests.mutants $(ROOM) --seed $(or $(SEED),1) --size $(or $(SIZE),80)

clean: ## remove the environment and what tests leave behind
	rm -rf $(VENV) $(VENV)-locked .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info build

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
