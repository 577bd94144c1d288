# Two commands do everything on a fresh machine: `make run` (a demo) and `make test`. An office
# runs `make serve`. A database is a demo or an office's own from the moment it is made.
# Change a setting in the call, for example: make run PORT=9000 ADDRESS=0.0.0.0

PYTHON ?= python3
VENV ?= .venv
ADDRESS ?= 127.0.0.1
PORT ?= 8501
TEST_JOBS ?= 2
# Of the archive: the machine (x86_64 or aarch64 of a Linux, win_amd64), and the versions of Python
# that offices have.
MACHINE ?= x86_64
PYTHONS ?= 3.11
# Browser tests wait more than they work.
BROWSER_JOBS ?= 3

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
CODE := $(wildcard app.py geo ledger pages data deploy)
# Compiled code is kept: else each command and server that tests start compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
# What a database might do otherwise than another one: every run does it on both. All that there is:
# `make test-postgres`.
ON_POSTGRES := $(patsubst %,people/test_%.py,accounts signin sessions lockout admin_reset) \
    $(patsubst %,operations/test_%.py,backup moving rotation retention rule_files local_settings status) \
    storage casework/test_steps.py records/history \
    $(patsubst %,records/test_%.py,bulletin_rows given_out no_plain_text removed_files revealing) \
    $(patsubst %,records/test_%.py,putting_back tallies service query) \
    exchange/importing/test_round_trip.py exchange/importing/test_imports.py

.PHONY: help run serve install install-dev demo office leave-demo test test-thorough test-unit test-both test-postgres test-browser durability bench bundle docs lint lint-types lint-rest audit format clean

help: ## 显示各命令 (list these commands)
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: install demo ## 安装、建演示库并启动，只在本机开放 (a demo, to this machine only)
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

serve: install office ## 安装、建库或升级并启动，正式使用 (an office's own database)
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

install-dev: $(DEV) ## 安装运行和开发所需的包 (install what tests and checks need, too)

install: $(RUNTIME) ## 只安装运行所需的包 (install what the application runs on)

demo: $(RUNTIME) ## 建立或升级演示库 (create or migrate a demo)
	$(BIN)/python -m ledger init --demo

office: $(RUNTIME) ## 建立或升级正式库 (create or migrate an office's database)
	$(BIN)/python -m ledger init

leave-demo: $(RUNTIME) ## 离开演示：演示库改名保留，另建正式库 (move the demo aside, begin in earnest)
	$(BIN)/python -m ledger leave-demo

test: $(DEV) ## 全部测试，含浏览器测试 (the whole suite, browser tests included)
	.ci/prepare-browser
	.ci/prepare-postgres
	.ci/prepare-nginx
	$(MAKE) --no-print-directory test-unit
	$(MAKE) --no-print-directory test-both
	$(MAKE) --no-print-directory test-browser

# A file stays with one worker, so what its tests share is made once; slow files come first
# (tests/conftest.py).
BY_FILE := --dist loadfile --no-loadscope-reorder

test-unit: $(DEV) ## 不需要浏览器的测试 (all tests that need no browser)
	$(BIN)/pytest -n $(TEST_JOBS) $(BY_FILE) -m "not bench and not browser and not thorough"

# The same tests with a PostgreSQL database behind every file (tests/postgres/everywhere.py). Left
# out is what has its like in tests/postgres, what starts processes of its own (the plugin does not
# reach them), and a search among thousands of turns.
test-both: $(DEV) ## 其中须在两种数据库上都通过的，在 PostgreSQL 上再跑 (the core on PostgreSQL)
	$(BIN)/pytest -n $(TEST_JOBS) $(BY_FILE) -p tests.postgres.everywhere -m "not thorough" \
	    $(addprefix tests/ledger/,$(ON_POSTGRES)) tests/commands/test_contract.py \
	    --ignore tests/ledger/records/history/test_two_editors.py \
	    --ignore tests/ledger/storage/test_released.py \
	    --ignore tests/ledger/storage/test_new_migration.py

test-postgres: $(DEV) ## 台账、网页、页面和命令的全部测试，在 PostgreSQL 上 (all of them, on PostgreSQL)
	.ci/prepare-postgres
	$(BIN)/pytest -n $(TEST_JOBS) $(BY_FILE) -p tests.postgres.everywhere \
	    tests/ledger tests/web tests/commands tests/pages tests/hostile

# Each worker has servers, databases and a browser of its own.
test-browser: $(DEV) ## 浏览器测试 (browser tests)
	$(BIN)/pytest -n $(BROWSER_JOBS) $(BY_FILE) -m "browser and not bench and not thorough" tests/browser

# KEY signs the archive; `.venv/bin/python -m deploy.bundle key FILE` makes one.
bundle: $(RUNTIME) ## 制作安装包，内网安装用：make bundle KEY=签名密钥 (the archive for offices without internet)
	$(BIN)/python -m deploy.bundle make --key $(KEY) --machine $(MACHINE) $(addprefix --python ,$(PYTHONS))

# What every run samples, whole: other databases, roles and releases, and all of Hypothesis's examples.
test-thorough: $(DEV) ## 发布前：平时抽查的，全部再做一遍 (before a release: whole what every run samples)
	LEDGER_TEST_THOROUGH=1 $(BIN)/pytest -n $(TEST_JOBS) $(BY_FILE) -m "(thorough or sampled or hypothesis) and not bench"
	$(BIN)/python -m tests.access.walk

durability: $(DEV) ## 反复断电、并发和主备切换的完整试验，约一小时 (kills, writers at once, failover)
	.ci/prepare-postgres
	for database in sqlite postgres; do \
	    $(BIN)/python -m tests.durability.kills --database $$database && \
	    $(BIN)/python -m tests.durability.writers --database $$database || exit 1; \
	done
	$(BIN)/python -m tests.durability.standby
	$(BIN)/python -m tests.durability.standby --rounds 3 --app
	$(BIN)/python -m tests.durability.full_disk
	$(BIN)/python -m tests.durability.unlinked

bench: $(DEV) ## 性能测量 (measurements)
	.ci/prepare-browser
	$(BIN)/pytest -m bench tests/bench -s

docs: $(RUNTIME) ## 重新生成参考页 (rewrite docs/reference from the declarations)
	$(BIN)/python docs/build.py

lint: lint-types lint-rest ## 静态检查 (ruff, mypy, import-linter)

# Most of the time of all checks; so that `make --jobs=2 lint` does the others beside it.
lint-types: $(DEV)
	$(BIN)/mypy $(CODE)

lint-rest: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# Asks a public service about every pinned package; CI asks too, and goes on where nobody answers.
audit: $(BIN)/python ## 核对依赖包有无已公布的漏洞，需要连接互联网 (known vulnerabilities; needs the internet)
	.ci/audit "$(VENV)"

format: $(DEV) ## 按统一格式整理代码 (rewrite in the agreed format)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## 删除虚拟环境与缓存，不动数据 (remove environment and caches, never data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	.ci/prepare-venv "$(PYTHON)" "$(VENV)"

# The stamps make a second run quick: pip is asked only after the pins changed.
$(RUNTIME): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(DEV): requirements-dev.txt requirements.txt | $(BIN)/python
	.ci/pip-install $(BIN)/python -r requirements-dev.txt
	touch $(RUNTIME) $@
