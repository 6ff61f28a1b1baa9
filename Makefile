# Uptick. Bare `make` shows what there is. Every target works on a fresh clone: what it needs is
# installed first. With a Docker engine the services are containers, else processes; SUPPORT=docker
# or SUPPORT=native decides.

# The Node of the lock file: the system's own only has to be good enough for npm.
NODE := node_modules/node/bin/node
INSTALLED := node_modules/.installed

# A dollar sign in a query or a URL is a dollar sign.
override Q := $(value Q)
override URL := $(value URL)
override ARGS := $(value ARGS)
export Q URL

.DEFAULT_GOAL := help

help: ## show this
	@echo 'usage: make <target>'
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Running

start: $(INSTALLED) ## everything, from nothing: support, migration, services (WORKERS=4)
	@$(NODE) scripts/start.ts

stop: $(INSTALLED) ## end the services; what supports them goes on
	@$(NODE) scripts/stop.ts

start-support: $(INSTALLED) ## only Postgres, Kafka and the mail catcher
	@$(NODE) scripts/start-support.ts

stop-support: $(INSTALLED) ## end everything; data is kept
	@$(NODE) scripts/stop-support.ts

scale: $(INSTALLED) ## as many workers as WORKERS=4 says
	@$(NODE) scripts/scale.ts

migrate: $(INSTALLED) ## bring the database to this version of the code
	@$(NODE) scripts/run.ts migrate

clean: $(INSTALLED) ## end everything and remove all data
	@$(NODE) scripts/clean.ts

##@ Using

load-data: $(INSTALLED) ## add sample sites, or FILE=sites.csv|.yaml|.json (DRY_RUN=1 shows the difference)
	@$(NODE) scripts/run.ts load-data

demo: start load-data ## all of it, with a live view in the terminal
	@$(NODE) scripts/run.ts demo

mail: $(INSTALLED) ## the emails that the catcher has (N=3: the last three whole)
	@$(NODE) scripts/mail.ts

report: $(INSTALLED) ## how it was: REPORT=uptime|latency|outages|slo|cadence SINCE=7d FORMAT=table|csv|json|md
	@scripts/uptick report "$${REPORT:-uptime}" --since "$${SINCE:-7d}" --format "$${FORMAT:-table}" $(ARGS)

check-url: $(INSTALLED) ## look at URL=https://... once, as a worker would (ARGS='--json', ARGS=--help)
	@scripts/uptick check $(ARGS) $${URL:+-- "$$URL"}

sql: $(INSTALLED) ## run Q="select ..." (FORMAT=csv)
	@$(NODE) scripts/sql.ts

env: $(INSTALLED) ## shell exports to reach what runs: eval "$(make env)"
	@$(NODE) scripts/env.ts

##@ Watching

status: $(INSTALLED) ## each process, and whether what it leans on answers
	@$(NODE) scripts/status.ts

logs: $(INSTALLED) ## follow the services (FOLLOW=0: the last lines)
	@$(NODE) scripts/logs.ts

logs-support: $(INSTALLED) ## follow Postgres, Kafka and the mail catcher
	@$(NODE) scripts/logs.ts support

start-monitoring: $(INSTALLED) ## Prometheus with alerts on Uptick itself; in containers Grafana as well
	@$(NODE) scripts/start-monitoring.ts

stop-monitoring: $(INSTALLED) ## end them; their figures are kept
	@$(NODE) scripts/stop-monitoring.ts

##@ One process in the foreground, until Ctrl-C

run-scheduler: $(INSTALLED) ## a scheduler beside what runs
	@$(NODE) scripts/run.ts scheduler

run-worker: $(INSTALLED) ## a worker beside what runs
	@$(NODE) scripts/run.ts worker

run-consumer: $(INSTALLED) ## a consumer beside what runs
	@$(NODE) scripts/run.ts consumer

run-web: $(INSTALLED) ## a web process beside what runs (on WEB_PORT, which must be free)
	@$(NODE) scripts/run.ts web

##@ Developing

install: $(INSTALLED) ## install dependencies, Node itself among them

check: $(INSTALLED) ## lint, format and types
	@$(NODE) node_modules/.bin/biome check .
	@$(NODE) node_modules/.bin/tsc --noEmit

test: check ## check, then all tests on a Postgres, a Kafka and an SMTP server of their own
	@$(NODE) node_modules/.bin/vitest run

test-tools: ## install what tests use and npm cannot bring: Chromium and promtool (Debian, as root)
	@scripts/install-test-tools.sh

soak: $(INSTALLED) ## minutes of load, KILLS=1 with kill -9 of everything, and what must hold
	@$(NODE) bench/soak.ts

chaos: $(INSTALLED) ## faults by chance into the real processes, and what must hold (SEED= MINUTES=5 SITES=100 FAULTS=all RATE=70)
	@$(NODE) test/chaos/main.ts

fleet-hour: $(INSTALLED) ## an hour of a scripted fleet and failing workers, 15 times as fast
	@FLEET_HALF_HOURS=2 $(NODE) node_modules/.bin/vitest run test/fleet-hour

bench: $(INSTALLED) ## the pipeline at full speed, and what a check costs
	@$(NODE) bench/pipeline.ts

bench-scale: $(INSTALLED) ## the whole of it: SITES=100000 CADENCE=1m MINUTES=10 SCHEME=http WORKERS=1 (STEP=1, DOUBLING=1, PROFILE=1)
	@$(NODE) bench/scale.ts

bench-probe: $(INSTALLED) ## what a probe costs, next to blackbox_exporter where it is installed
	@$(NODE) bench/probe-cost.ts

bench-reports: $(INSTALLED) ## reports, charts and pages over 50 million results (ROWS=, BENCH_FOLDER=; 30 GB)
	@$(NODE) bench/reports.ts

screenshots: $(INSTALLED) ## docs/images anew, from a seeded history in a real browser
	@$(NODE) test/screenshots.ts

fuzz: $(INSTALLED) ## 100,000 answers full of lies through the probe (N=, SEED=)
	@$(NODE) bench/fuzz-answers.ts

fmt: $(INSTALLED) ## format and mend what can be mended
	@$(NODE) node_modules/.bin/biome check --write .

$(INSTALLED): package.json package-lock.json
	@command -v node >/dev/null 2>&1 || { echo 'make: Node.js 20 or newer is needed (https://nodejs.org)' >&2; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' || { echo "make: Node.js 20 or newer is needed, this is $$(node --version)" >&2; exit 1; }
	@command -v npm >/dev/null 2>&1 || { echo 'make: npm is needed; it comes with Node.js' >&2; exit 1; }
	@echo 'installing dependencies' >&2
	@npm ci --no-audit --no-fund --loglevel=error
	@test -x $(NODE) || { echo 'make: npm did not run the install script of the package "node": npm rebuild node' >&2; exit 1; }
	@touch $@

.PHONY: help start stop start-support stop-support scale migrate clean load-data demo mail report check-url \
	sql env status logs logs-support start-monitoring stop-monitoring run-scheduler run-worker \
	run-consumer run-web install check test test-tools chaos soak fleet-hour bench bench-scale bench-probe \
	bench-reports screenshots fuzz fmt
