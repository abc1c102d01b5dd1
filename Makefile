# Everything a person calls by hand; `make help` lists it.
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help test soak machines unit lint bench lock schemas versions up down status

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: up $(VENV)/ready ## set everything up, then run all tests but `soak`
	pytest -m "not soak"

soak: up $(VENV)/ready ## run what takes long: load, alerts, kills, and more cases of what test tries
	pytest -m soak

machines: up $(VENV)/ready ## boot the machines of infra/ and make a cluster of them, a part of soak
	pytest -m soak tests/machines

unit: $(VENV)/ready ## run the tests that need neither root nor the stack
	pytest -m "not e2e"

lint: $(VENV)/ready ## what the pipeline's lint checks, and mypy
	black --check --quiet . && isort --check --quiet . && flake8 && mypy

bench: up $(VENV)/ready ## measure set-up, deploys and the service
	python tests/bench/deploy.py
	python tests/bench/detection.py
	command -v wrk >/dev/null || apt-get install --quiet --yes wrk
	python tests/bench/service_speed.py

up: ## bring up the laptop stack
	python3 -m local up

down: ## take the laptop stack down, and keep its data
	python3 -m local down

status: ## what of the laptop stack runs
	python3 -m local status

lock: ## write every lock file of Python packages anew, with the newest versions
	./daggerw --auto-apply call lock --upgrade

schemas: up ## write the schemas of the kinds in our manifests anew
	python3 -m local.cluster.schemas

versions: ## which pinned versions are behind, and how long Kubernetes is supported
	@python3 -m local.tools.versions

$(VENV)/ready: tests/requirements.txt
	python3 -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
