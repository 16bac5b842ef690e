# make venv | demo | test | lint | docs | slow | native | fuzz | matrix: everything runs in .venv, made on first use.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# quick tests of one file run in one process, as they share what is costly to make
JOBS ?= 2
# one thread a process, as JOBS of them share the machine; tests start Python again and again, so
# what it compiles is kept, whatever the environment says
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --durations=10
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: venv demo test slow lint native fuzz matrix docs clean

venv: $(STAMP)

# --group needs pip 25.1; ROOT has wheels for some platforms only, so it may be missing.
$(STAMP): pyproject.toml constraints.txt setup.py $(shell find native/src native/include native/python -type f)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade 'pip>=25.1'
	$(PIP) install --quiet -c constraints.txt -e '.[train,report]' --group dev --group docs
	$(PIP) install --quiet -c constraints.txt -e '.[root]' \
	  || echo 'ROOT is not available here: the tests that need it are skipped'
	$(PIP) install --quiet -c constraints.txt --group ecosystem \
	  || echo 'coffea or dask is not available here: the tests that need them are skipped'
	touch $@

demo: $(STAMP)
	$(BIN)/python demo/run.py

# make test T=codec runs the tests of a folder.
test: $(STAMP)
	$(PYTEST) --dist loadfile -m 'not slow' $(if $(T),tests/$(T) $(wildcard rootae/$(T)))

# pytest returns 5 where no test is marked slow.
slow: $(STAMP)
	$(PYTEST) --dist worksteal -m slow || test $$? -eq 5

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The decode core and its own tests, plain and with sanitizers; `make native SANITIZE=thread` is for
# whoever touches what several threads share: it takes minutes.
SANITIZE ?= OFF ON
native:
	@command -v cmake > /dev/null && command -v $${CXX:-c++} > /dev/null || \
	  { echo 'cmake or a C++ compiler is not available here: the native core is skipped'; exit 0; }; \
	set -e; mkdir -p build/native; for sanitize in $(SANITIZE); do \
	  folder=build/native/sanitize-$$sanitize; \
	  cmake -S native -B $$folder -D ROOTAE_ROOT=OFF -D ROOTAE_SANITIZE=$$sanitize > $$folder.log 2>&1 \
	    || { cat $$folder.log; exit 1; }; \
	  cmake --build $$folder --parallel $(JOBS); \
	  ctest --test-dir $$folder --output-on-failure; \
	done

# Fuzzers of the decode core, each for FUZZ_TIME seconds; their inputs stay in build/native/corpus.
FUZZ_TIME ?= 60
FUZZ_LIMITS := -max_total_time=$(FUZZ_TIME) -timeout=25 -rss_limit_mb=4000
fuzz: $(STAMP)
	@command -v cmake > /dev/null && echo 'extern "C" int LLVMFuzzerTestOneInput() { return 0; }' \
	  | clang++ -fsanitize=fuzzer,address,undefined -x c++ - -o /dev/null 2> /dev/null || \
	  { echo 'cmake or clang++ with libFuzzer is not available here: fuzzing is skipped'; exit 0; }; \
	set -e; folder=build/native/fuzz; mkdir -p $$folder; \
	CXX=clang++ CC=clang cmake -S native -B $$folder -D ROOTAE_ROOT=OFF -D ROOTAE_FUZZ=ON > $$folder.log 2>&1 \
	  || { cat $$folder.log; exit 1; }; \
	cmake --build $$folder --target fuzzers --parallel $(JOBS); \
	PYTHONPATH=tests $(BIN)/python -m native.seeds build/native/corpus; \
	for source in native/fuzz/fuzz_*.cpp; do name=$$(basename $$source .cpp); \
	  words=$${source%.cpp}.dict; test -e $$words && words=-dict=$$words || words=; \
	  $$folder/$$name $(FUZZ_LIMITS) $$words -artifact_prefix=build/native/ \
	    build/native/corpus/$${name#fuzz_}; \
	done

# A short set of tests with the oldest and with the newest packages, in environments of their own;
# what came of it is kept.
OLDEST ?= $(PYTHON)
NEWEST ?= $(PYTHON)
matrix: $(STAMP)
	$(BIN)/python .ci/matrix.py benchmarks/results/matrix.csv --oldest $(OLDEST) --newest $(NEWEST)

# Pages land in build/site; every warning is an error.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf $(VENV) build/native demo/out .pytest_cache .mypy_cache .ruff_cache .hypothesis
