# The few verbs of this project. `make demo` and `make test` set up all they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test soak spark lint docs bench clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(READY)
	@start=$$(date +%s.%N); $(BIN)/alignment demo --folder alignment-demo && \
	end=$$(date +%s.%N); echo "Wall time after set-up: $$(echo "$$end $$start" | awk '{printf "%.1f", $$1 - $$2}') s"

test: $(READY) lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The tests of chance at full length: 200 schedules of faults, 50 kills, 160 companies against the oracle; an archive on Spark.
soak: $(READY)
	SOAK=1 $(BIN)/python -m pytest -n 2 --dist worksteal tests/alignment/test_rough_pulls.py tests/alignment/test_killed_pulls.py tests/analyzer/test_oracle.py
	SOAK=1 $(BIN)/python -m pytest -m spark -rs tests/alignment/test_spark.py

# The report on a real Spark cluster of two workers on this machine; without Java the tests are skipped, and say so.
spark: $(READY)
	$(BIN)/python -m pytest -m spark -rs tests/alignment/test_spark.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python -m analyzer.strategy_file > docs/strategy.schema.json
	$(BIN)/python -m alignment.settings > docs/settings.schema.json
	$(BIN)/python -m analyzer.result > docs/result.schema.json
	$(BIN)/python -m analyzer.plan > docs/plan.schema.json
	$(BIN)/python -m analyzer.policy > docs/policy.schema.json
	$(BIN)/python -m docs.generate $(if $(wildcard ../shared/data/duraspace-jira),--archive ../shared/data/duraspace-jira --second ../shared/data/tidev-jira)

bench: $(READY)
	$(BIN)/python -m benchmarks.false_alarms
	$(BIN)/python -m benchmarks.power
	$(BIN)/python -m benchmarks.team_priority
	$(BIN)/python -m benchmarks.calm 40
	$(BIN)/python -m benchmarks.plan_interval
	$(if $(wildcard ../shared/data/tidev-jira),$(BIN)/python -m benchmarks.alike_titles ../shared/data/tidev-jira)
	$(if $(wildcard ../shared/data/linking-splits),$(BIN)/python -m benchmarks.linking ../shared/data/tidev-jira --splits ../shared/data/linking-splits --fcrepo ../shared/data/duraspace-jira)
	$(BIN)/python -m benchmarks.engines $(wildcard ../shared/data)
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.paint

clean:
	rm -rf $(VENV) build *.egg-info alignment-demo
