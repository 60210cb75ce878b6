# `make up` starts the whole stack on this machine, `make test` runs everything that is tested; both need Python 3.11+
# and nothing else.
.DEFAULT_GOAL := help
.PHONY: help up down status logs test check assets screenshots docs bench compose-up compose-demo compose-down compose-test airflow-test clean

PYTHON ?= python3
# uv from PATH, else one of our own in .tools.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
# Without compiled bytecode the first start takes three times as long.
export UV_COMPILE_BYTECODE = 1
export UV_PYTHON_PREFERENCE ?= only-system
CONCORD := .venv/bin/concord

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

up: assets ## start the stack and wait until it is ready
	@$(CONCORD) up

down: ## stop the stack; data stay
	@test ! -x $(CONCORD) || $(CONCORD) down

status: .venv/ready ## how each program is
	@$(CONCORD) status

logs: .venv/ready ## the last lines of every log; more with: .venv/bin/concord logs PROGRAM -f
	@$(CONCORD) logs

test: assets ## the whole suite; starts what it needs and leaves nothing behind
	.venv/bin/python -m pytest -n 3 --dist worksteal $(ARGS)

check: .venv/ready ## format, lint, types, import contracts, dependencies, lock file
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry .
	$(UV) lock --check

assets: .venv/ready ## what the console's pages load, fetched once for each change of it
	@.venv/bin/python -m shared.console.assets >/dev/null

screenshots: assets ## pictures of the console's pages in .screenshots; needs chromium
	CONCORD_SCREENSHOTS=.screenshots .venv/bin/python -m pytest tests/console -k "page or window" $(ARGS)

docs: .venv/ready ## the documentation as a site, in .site/pages, to be read without a network
	@.venv/bin/python -m docs.site

bench: .venv/ready ## the benchmarks, or those that ARGS names; results go to benchmarks/results
	.venv/bin/python -m benchmarks $(ARGS)

# `docker compose`, or the classic docker-compose where there is no other.
COMPOSE := $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) -p concord
IMAGES := gateway propagation-web workflow-web validation-web sync-web

compose-up: assets ## the stack in containers: images, secrets, start
	@$(CONCORD) secrets .concord-compose
	$(COMPOSE) build $(IMAGES)
	$(COMPOSE) up -d
	.venv/bin/python -m tests.delivery.compose wait

compose-demo: compose-up ## the same, and the demo played in it
	$(COMPOSE) --profile demo up -d
	.venv/bin/python -m tests.delivery.compose wait
	@$(COMPOSE) --profile demo logs --no-color --no-log-prefix demo

compose-down: ## stop the containers; data stay
	$(COMPOSE) --profile demo --profile monitoring down

compose-test: assets ## start the containers on a port and volumes of their own, play the demo, take them down
	.venv/bin/python -m tests.delivery.compose test

airflow-test: assets $(UV) ## install Airflow in a folder that goes away, run its DAGs on a stack of their own
	.venv/bin/python -m tests.delivery.dags $(UV)

clean: ## stop, then remove the environment, the stack's data and all caches
	@test ! -x $(CONCORD) || $(CONCORD) down --wipe --yes
	rm -rf .venv .tools .concord shared/console/static .site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows the lock file.
.venv/ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

.tools/bin/uv:
	@$(PYTHON) -m venv .tools || { echo "Install uv, or what 'python3 -m venv' needs (Debian: python3-venv)." >&2; exit 1; }
	.tools/bin/pip install --quiet --disable-pip-version-check uv
