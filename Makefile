# Everything a person types. Needs Python 3.11 or later, git and make; the rest is fetched into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup check test chaos chaos-mutants bars fuzz bench demo tour screenshots run migrate manifest sbom lock format

setup: $(READY)  ## fetch what the project needs into .venv

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Prep needs Python 3.11 or later: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

check: setup  ## format, lint, types, import contracts, questions, secrets, known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m content fmt --check
	$(BIN)/python -m content lint
	$(BIN)/python tools/secret_scan.py .
	$(BIN)/python tools/audit.py requirements/app.txt requirements/dev.txt requirements/fuzz.txt

test: setup  ## every test, on SQLite and on PostgreSQL
	$(BIN)/pytest --numprocesses auto --dist worksteal

chaos: setup  ## faults survived, published; or ROUNDS=… ANSWERS=… SEED=… DATABASES="sqlite postgresql"
	$(BIN)/python -m proof.chaos $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ANSWERS),--answers $(ANSWERS)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(DATABASES),--databases $(DATABASES)) \
	  $(if $(ROUNDS)$(ANSWERS)$(SEED)$(DATABASES),,--publish)

chaos-mutants: setup  ## the same with parts of the app taken out, each of which must do harm; published
	$(BIN)/python -m proof.chaos --mutants --publish

bars: setup  ## a crash at every step, every change of clocks, a year at once, storms, outages
	$(BIN)/python -m proof.bars

fuzz: setup  ## hostile input by the hundred thousand, published; or CASES=… SEED=… TARGET=…
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt || true
	$(BIN)/python -m proof.fuzz $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(TARGET),--target $(TARGET))

bench: setup  ## work done in a given time, side by side with what people usually write; ROWS="…" to choose
	$(BIN)/python -m proof.bench $(ROWS)

demo: setup  ## the playground: try Prep in the browser, without Slack
	$(BIN)/python -m sandbox

tour: setup  ## the same fortnight, told in the terminal
	$(BIN)/python -m sandbox --tour

screenshots: setup  ## the pictures in docs/, taken anew from the playground
	PREP_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/playground/test_screenshots.py
	rm -f docs/screenshots/narrow*.png docs/screenshots/faults.png

run: setup  ## the app itself; settings from the environment and from .env
	set -a; [ ! -f .env ] || . ./.env; set +a; $(BIN)/python -m bot run

migrate: setup  ## bring the database to this version's schema
	set -a; [ ! -f .env ] || . ./.env; set +a; $(BIN)/python -m bot migrate

manifest: setup  ## make the Socket Mode manifest from manifest.yml
	$(BIN)/python -m bot manifest > manifest.socket-mode.yml

sbom: setup  ## the app's bill of materials, build/sbom.json, in CycloneDX's form
	$(BIN)/python tools/sbom.py requirements/app.txt build/sbom.json

format: setup  ## put code and questions in their form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m content fmt

lock: setup  ## choose and lock the newest allowed dependencies (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q pyproject.toml -o requirements/app.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q --extra dev --no-emit-package prep-bot pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q requirements/fuzz.in -o requirements/fuzz.txt
