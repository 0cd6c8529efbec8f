# Everything a developer needs; CI runs `make check`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
T ?= tests
M ?=
ARGS ?=

# What the pages use of others' browser code, where there is Node to install it.
PAGES := $(if $(shell command -v npm),node_modules/.installed)

# The certified OpenID provider that tests sign in with, where there is Node to run it.
PROVIDER := $(if $(shell command -v npm),tests/oidc/node_modules/.installed)

.DEFAULT_GOAL := help

.PHONY: help run test unit lint check bench drill-uploads drill-media drill-chat migration migrate lock format clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: $(VENV)/.installed ## Set up if needed, then start the whole hub
	$(BIN)/pserve development.ini

test: $(VENV)/.installed-dev $(PROVIDER) ## Set up if needed, then every test: make test T=tests/unit/videos for one folder
	$(BIN)/pytest -n 2 --dist loadfile $(T)

unit: $(VENV)/.installed-dev ## The unit tests, in seconds
	$(BIN)/pytest tests/unit

lint: $(VENV)/.installed-dev ## Format, types, imports, security
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/bandit --quiet --recursive --ini setup.cfg videohub_core adapters entrypoints

check: lint test ## lint and test: everything CI runs

bench: $(VENV)/.installed-dev ## The table of ratios: make bench ARGS="P5 --size 1m"; nginx is needed for P8
	$(BIN)/python -m benchmarks $(ARGS)

drill-uploads: $(VENV)/.installed-dev ## Cut and kill uploads at random, 300 times; count what is lost
	$(BIN)/python -m tests.drills.uploads $(ARGS)

drill-media: $(VENV)/.installed-dev ## Kill what processes videos at random, 50 times; count broken promises
	$(BIN)/python -m tests.drills.media $(ARGS)

drill-chat: $(VENV)/.installed-dev ## Kill what the chat runs on at random, 100 times; count broken promises
	$(BIN)/python -m tests.drills.chat $(ARGS)

migration: $(VENV)/.installed-dev ## New migration: make migration M="Add the likes table"
	$(BIN)/alembic -c development.ini revision --autogenerate -m "$(M)"

migrate: $(VENV)/.installed ## alembic -c development.ini upgrade head
	$(BIN)/alembic -c development.ini upgrade head

format: $(VENV)/.installed-dev ## Write the code in the house's layout
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

# flask-swagger-ui is used for its files only; what it would need to run stays out.
PIN := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate setup.cfg
lock: $(VENV)/.installed-dev ## Pin the newest versions that setup.cfg allows, with hashes
	$(PIN) $(foreach p,flask werkzeug blinker itsdangerous,--no-emit-package $(p)) \
		-o requirements.lock
	$(PIN) --extra dev -c requirements.lock -o requirements-dev.lock

clean: ## Delete the virtual environment and caches; the data folder stays
	rm -rf $(VENV) node_modules tests/oidc/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

# The project itself is installed apart from what is hashed: pip takes no hash of a folder.
$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml | $(PAGES)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@

# The pages do without it, so a hub starts where it cannot be had; videohub doctor tells.
node_modules/.installed: package.json package-lock.json
	-npm ci --silent && touch $@

tests/oidc/node_modules/.installed: tests/oidc/package.json tests/oidc/package-lock.json
	cd tests/oidc && npm ci --silent
	touch $@
