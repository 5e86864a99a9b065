# The tests and the bench: what they are built from, and the targets that run them.  Read by the Makefile.

$(B)/sys: tests/sys.c
$(B)/verbs: tests/mount/verbs.c
$(B)/sys $(B)/verbs: $(B)/flags
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -o $@ $(filter %.c,$^)

# Another implementation of the ledger's formats, from Debian's packages alone.
$(B)/verify: tests/peer/verify.go
	$(call say,GO,$<)
	$(Q)mkdir -p $(@D) && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$(CURDIR)/$(B)/go go build -o $@ $<

# Under a sanitizer, what runs under another checker or in another language is left out.
MOUNT_TESTS := $(if $(SAN),,$(wildcard tests/peer/*.sh)) $(filter-out %/job.sh %/dockd_lib.sh,$(wildcard tests/mount/*.sh)) $(filter-out $(if $(SAN),%/leaks.sh),$(wildcard tests/faults/*.sh))
# What needs a display or takes its time is left out under a sanitizer.  table.sh compares the README's table with what ran, so it is last.
CLIENTS := $(filter-out %/table.sh tests/clients/lib.sh tests/clients/lib_%,$(wildcard tests/clients/*.sh))
CLIENTS_SLOW := %/thunar.sh %/thunar_photos.sh %/libreoffice.sh %/seek.sh
CLIENT_TABLE := $(if $(SAN),,tests/clients/table.sh)
HELPERS := $(B)/sys $(B)/verbs $(B)/make_tree $(B)/make_many $(if $(SAN),,$(B)/verify)
.SECONDARY:

# How many sequences test_rules_model runs; nothing: its own 100,000.  Under a sanitizer they take twelve minutes, so the rest is for check-model.
MODEL_RUNS ?= $(if $(SAN),20000)
RUN_TESTS = MODEL_RUNS=$(MODEL_RUNS) BUILD=$(CURDIR)/$(B) SAN=$(SAN) bash tests/run.sh

# What is built for a test is built on all processors, unless make was given a number itself.
AT_ONCE = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
# Installing comes first and alone, then the rest with whatever it brought.
check check-unit check-mount check-threads check-model coverage check-clients client-table: deps-check
demo: deps-demo
bench: deps-bench
check check-unit check-mount check-threads check-model coverage check-clients client-table demo bench:
	$(Q)$(MAKE) --no-print-directory $(AT_ONCE) do-$@

do-check: all $(HELPERS) $(TEST_BINARIES)
	$(Q)$(RUN_TESTS) $(if $(SAN),,tests/layering.sh tests/control.sh) $(TEST_BINARIES) $(MOUNT_TESTS) $(filter-out $(if $(SAN),$(CLIENTS_SLOW)),$(CLIENTS)) $(if $(CLIENT_TABLE),--then $(CLIENT_TABLE))

do-check-unit: $(TEST_BINARIES)
	$(Q)$(RUN_TESTS) $(TEST_BINARIES)

do-check-mount: all $(HELPERS)
	$(Q)$(RUN_TESTS) $(MOUNT_TESTS)

do-check-clients: all $(B)/sys
	$(Q)$(RUN_TESTS) $(CLIENTS) $(if $(CLIENT_TABLE),--then $(CLIENT_TABLE))

do-client-table: all $(B)/sys
	$(Q)$(RUN_TESTS) $(CLIENTS)
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/clients/table.sh --write

do-check-model: MODEL_RUNS := 100000
do-check-model: $(B)/test/store/test_rules_model
	$(Q)$(RUN_TESTS) $<

# What has threads: for SAN=thread.
do-check-threads: all $(HELPERS) $(TEST_BINARIES)
	$(Q)$(RUN_TESTS) $(filter $(patsubst %,$(B)/test/store/test_%,blob catalog clock committer committer_full content content_leaves crash event hasher hasher_workers io ledger ledger_beside ledger_failing open open_crash views),$(TEST_BINARIES)) tests/mount/deposit.sh tests/mount/grants.sh \
		tests/mount/findings.sh tests/mount/disposal.sh tests/mount/cases.sh tests/faults/threads.sh

# Built apart and without optimising, so that branches are those of the source.
QUICK := $(filter tests/unit/policy/% $(patsubst %,tests/unit/store/test_%.c,rules_model digest merkle note catalog clock event),$(UNIT))
do-coverage:
	$(Q)$(MAKE) --no-print-directory B=build/cov CFLAGS='-O0 -g --coverage -Wno-use-after-free' LDFLAGS=--coverage $(patsubst tests/unit/%.c,build/cov/test/%,$(QUICK))
	$(Q)BUILD=build/cov bash tests/coverage.sh $(patsubst tests/unit/%.c,build/cov/test/%,$(QUICK))

do-demo: all
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/demo.sh

do-bench: all
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/bench/bench.sh
