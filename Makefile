# make demo and make test are the two commands of the README; both set up what they need.

PREFIX ?= $(HOME)/.local
BUILD = swift build
# A function to a section, and none kept for callers from outside: what nothing calls is left out.
BUILD_RELEASE = $(BUILD) -c release $(foreach flag,-function-sections -internalize-at-link,-Xswiftc -Xfrontend -Xswiftc $(flag))
RELEASE = .build/release/deaddrop
# The simulator, with fault injection and all mutants compiled in; none is active unless it is chosen.
SIMULATOR = .build/sim/release/deaddrop-sim
# Attacks with the release binary that lies beside it.
ATTACKER = .build/release/deaddrop-attack
DAMAGES ?= 5000
COUNT ?= 10000
STEPS ?= 40

# QUICK=1 for smaller sizes, JSON=FILE for the rows as JSON, ONLY="send size" for some groups,
# DAEMON_SECONDS=N for how long a daemon is left alone.
BENCH = $(if $(QUICK),--quick) $(if $(DAEMON_SECONDS),--daemon-seconds $(DAEMON_SECONDS)) $(if $(JSON),--json $(JSON)) $(foreach group,$(ONLY),--only $(group))

SIM = $(SIMULATOR) --count $(COUNT) --steps $(STEPS) $(if $(SEED),--seed $(SEED)) $(if $(TRACE),--trace)

.PHONY: help setup build release demo test sim mutants simulator attacks attacker fuzz long bench check format install uninstall clean

help:
	@echo "make demo     build, then watch two agents reach a decision"
	@echo "make test     run all tests"
	@echo "make sim      simulate 10,000 fresh seeds; SEED=N COUNT=N STEPS=N TRACE=1"
	@echo "make mutants  see each built-in fault caught by the simulator"
	@echo "make attacks  carry out the scripted attacks, and alter every bit and field of lines"
	@echo "make fuzz     damage the shared files 5,000 times; DAMAGES=N SEED=N"
	@echo "make long     run the walks, kills, races and damages in full size, about an hour"
	@echo "make bench    measure speed and size against their limits: Benchmarks/README.md"
	@echo "make check    format, file lengths, words, imports"
	@echo "make install  put the static binary into $(PREFIX)/bin; make uninstall takes it away"

# libsodium's header and static library are all that is needed beside the Swift toolchain.
setup:
	@if ! pkg-config --exists libsodium 2>/dev/null; then .ci/setup; fi

build: setup
	$(BUILD) --explicit-target-dependency-import-check error

release: setup
	$(BUILD_RELEASE) --product deaddrop

demo: release
	@DEADDROP=$(CURDIR)/$(RELEASE) examples/two-agents.sh

test: build
	swift test --parallel

simulator: setup
	DEADDROP_FAULTS=1 DEADDROP_MUTANTS=1 $(BUILD) -c release --scratch-path .build/sim --product deaddrop-sim

# Crashes, power cuts, wrong clocks, partitions and malice, all from one seed, around the real code.
sim: simulator
	$(SIM)

mutants: simulator
	$(SIM) --mutants

attacker: release
	$(BUILD_RELEASE) --product deaddrop-attack

# A line each: the attack, and what came of it in place of what the attacker wants.
attacks: attacker
	$(ATTACKER) attacks
	$(ATTACKER) lines

# To bytes, to lines, to files, and to what signed lines say.
fuzz: attacker
	$(ATTACKER) fuzz $(DAMAGES) $(SEED)

# Every call struck by every fault, 10,000 kills, 16 processes of 2,000 appends each.
long: build attacker
	DEADDROP_LONG=1 swift test --filter 'FaultTests|Power|DiskFull|DaemonWeek'
	DEADDROP_LONG=1 DEADDROP_BINARY=$(CURDIR)/$(RELEASE) swift test --filter ProcessTests
	$(ATTACKER) fuzz 100000

bench: release
	$(BUILD_RELEASE) --product Benchmarks >&2
	Benchmarks/run $(BENCH)

check: setup
	.ci/check
	$(BUILD) --build-tests --explicit-target-dependency-import-check error

format:
	swift format --in-place --recursive Sources Tests Benchmarks Package.swift

install: release
	install -d "$(PREFIX)/bin"
	install -m 755 $(RELEASE) "$(PREFIX)/bin/deaddrop"
	@"$(PREFIX)/bin/deaddrop" version

uninstall:
	rm -f "$(PREFIX)/bin/deaddrop"

clean:
	rm -rf .build
