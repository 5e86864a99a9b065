# custodyfs: a write-once evidence filesystem.  `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
CFLAGS ?= -O2 -g
SAN ?=
V ?= 0
VERSION := 0.1.0

DEPS_BUILD := gcc make pkg-config gettext libfuse3-dev libsqlite3-dev libgcrypt20-dev libjansson-dev libutf8proc-dev
DEPS_RUN := fuse3 attr
DEPS_CHECK := check acl e2fsprogs forensics-samples-files golang-go golang-golang-x-mod-dev python3 rsync sqlite3 util-linux valgrind \
	libinotifytools0-dev man-db fio

B := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
comma := ,
PKGS := fuse3 sqlite3 jansson libutf8proc libgcrypt
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -I. -DCUSTODYFS_VERSION='"$(VERSION)"' -DLOCALEDIR='"$(PREFIX)/share/locale"' \
	$(shell pkg-config --cflags $(PKGS)) -MMD -MP -pthread $(CFLAGS) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
ALL_LDFLAGS = -pthread $(LDFLAGS) $(if $(SAN),-fsanitize=$(SAN))
Q := $(if $(filter 0,$(V)),@,)
say = $(if $(filter 0,$(V)),@printf '  %-7s %s\n' '$(1)' '$(2)')

CORE := $(wildcard policy/*.c fs/store/*.c) fs/i18n.c
MOUNT := $(filter-out fs/i18n.c,$(wildcard fs/*.c))
TOOLS := $(filter-out tools/fsck.c,$(wildcard tools/*.c))
UNIT := $(wildcard tests/unit/test_*.c)
obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

PROGRAMS := $(B)/custodyfs $(B)/mkfs.custodyfs $(B)/custody $(B)/fsck.custodyfs
LOCALE := $(B)/locale/zh_CN/LC_MESSAGES/custodyfs.mo
LIBS_CORE = $(shell pkg-config --libs sqlite3 jansson libutf8proc libgcrypt)

.PHONY: all deps demo check check-unit check-mount bench install clean help
all: $(PROGRAMS) $(LOCALE)

help:
	@sed -n 's/^## //p' Makefile

## make              builds the programs into build/
## make deps         installs what building and testing needs (apt)
## make demo         shows the main job on real media, in a store of its own
## make check        runs every test; SAN=address,undefined or SAN=thread the same under a sanitizer
## make check-unit   the unit tests      make check-mount   the tests on real mounts
## make bench        measures against cp, sha256sum and libfuse's passthrough example
## make install      into $(DESTDIR)$(PREFIX)        make clean

$(B)/libcore.a: $(call obj,$(CORE))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/custodyfs: $(call obj,$(MOUNT)) $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs fuse3) $(LIBS_CORE)

$(B)/mkfs.custodyfs: $(call obj,mkfs/mkfs.c) $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_CORE)

$(B)/custody: $(call obj,$(TOOLS)) $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_CORE)

$(B)/fsck.custodyfs: $(call obj,tools/fsck.c tools/progress.c tools/render.c) $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_CORE)

$(B)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/test/%: $(B)/obj/tests/unit/%.o $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(LIBS_CORE)

$(LOCALE): $(sort $(wildcard tools/po/*.po))
	$(call say,MSGFMT,$@)
	$(Q)mkdir -p $(@D) && msgcat --use-first $^ | msgfmt -c -o $@ -

$(B)/sys: tests/sys.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O2 -o $@ $<

TEST_BINARIES := $(patsubst tests/unit/%.c,$(B)/test/%,$(UNIT))
MOUNT_TESTS := $(wildcard tests/mount/*.sh tests/faults/*.sh)
.SECONDARY:

check-unit: $(TEST_BINARIES)
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/run.sh $(TEST_BINARIES)

check-mount: all $(B)/sys
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/run.sh $(MOUNT_TESTS)

check: all $(B)/sys $(TEST_BINARIES)
	$(Q)BUILD=$(CURDIR)/$(B) bash tests/run.sh $(TEST_BINARIES) $(MOUNT_TESTS)

deps:
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHECK)

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
