# custodyfs: a write-once evidence filesystem.  `make help` lists the targets.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBDIR ?= $(PREFIX)/lib
UNITDIR ?= $(LIBDIR)/systemd/system
MANDIR ?= $(PREFIX)/share/man
LOCALEDIR ?= $(PREFIX)/share/locale
DOCDIR ?= $(PREFIX)/share/doc/custodyfs
DESTDIR ?=
CC ?= gcc
CFLAGS ?= -O2 -g
SAN ?=
V ?= 0
VERSION := 0.1.0

DEPS_BUILD := gcc make pkg-config gettext libfuse3-dev libsqlite3-dev libgcrypt20-dev libjansson-dev libutf8proc-dev libcap-ng-dev libmagic-dev \
	libinotifytools0-dev uuid-dev zlib1g-dev
DEPS_RUN := fuse3 attr
DEPS_DEMO := e2fsprogs forensics-samples-files
# Unit tests: check, gcovr.  Another implementation of the ledger: golang.  The service under systemd: systemd.  The rest is what scripts call.
DEPS_CHECK := check gcovr golang-go golang-golang-x-mod-dev systemd e2fsprogs faketime forensics-samples-files man-db perl procps python3 rsync sqlite3 \
	util-linux valgrind
# The programs of the matrix of clients (tests/clients).
DEPS_CLIENTS := curl dbus dbus-bin ffmpeg libglib2.0-bin libreoffice-writer-nogui mpv openssh-client openssh-server poppler-utils python3-impacket rsync \
	samba samba-vfs-modules smbclient strace thunar tracker tracker-extract tracker-miner-fs tumbler unzip vim xdotool xvfb zip
DEPS_BENCH := dpkg-dev e2fsprogs python3
DEPS_LINT := clang clang-format clang-tidy cppcheck shellcheck

comma := ,
B := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
PKGS := fuse3 sqlite3 jansson libutf8proc libgcrypt uuid zlib libcap-ng
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS_CORE := $(shell pkg-config --libs sqlite3 jansson libutf8proc libgcrypt uuid zlib 2>/dev/null)
LIBS_MOUNT := $(shell pkg-config --libs fuse3 libcap-ng 2>/dev/null)
LIBS_CHECK := $(shell pkg-config --libs check 2>/dev/null)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wvla
# Fortified functions need an optimised build, and hide from the sanitizers what they look for.
optimised = $(filter-out -O0,$(filter -O%,$(CFLAGS)))
fortified = $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))
HARDEN := -fstack-protector-strong -fPIE $(if $(SAN)$(fortified),,$(if $(optimised),-D_FORTIFY_SOURCE=3))
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -I. -DCUSTODYFS_VERSION='"$(VERSION)"' -DLOCALEDIR='"$(LOCALEDIR)"' \
	$(PKG_CFLAGS) -pthread $(WARN) $(HARDEN) $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS := -pthread -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(SANITIZE)
FLAGS := $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS_CORE) $(LIBS_MOUNT)
Q := $(if $(filter 0,$(V)),@,)
say = $(if $(filter 0,$(V)),@printf '  %-7s %s\n' '$(1)' '$(2)')

CORE := $(wildcard policy/*.c fs/store/*.c fs/store/*/*.c)
MOUNT := $(filter-out fs/store/%,$(wildcard fs/*.c fs/*/*.c))
DOCKD := $(wildcard tools/dockd/*.c)
TEXT := $(wildcard tools/text/*.c)
TOOLS := $(filter-out tools/fsck.c $(TEXT) $(DOCKD),$(wildcard tools/*.c tools/*/*.c))
UNIT := $(wildcard tests/unit/*/test_*.c)
SOURCES := $(CORE) $(MOUNT) $(DOCKD) $(TEXT) $(TOOLS) $(UNIT) tools/fsck.c $(wildcard mkfs/*.c tests/*.c tests/mount/*.c tests/peer/*.c)
obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

PROGRAMS := $(B)/custodyfs $(B)/mkfs.custodyfs $(B)/custody $(B)/fsck.custodyfs $(B)/custody-dockd
TEST_BINARIES := $(patsubst tests/unit/%.c,$(B)/test/%,$(UNIT))
DOCKD_TESTS := $(filter $(B)/test/dockd/%,$(TEST_BINARIES))
TOOLS_TESTS := $(filter $(B)/test/tools/%,$(TEST_BINARIES))
LOCALE := $(B)/locale/zh_CN/LC_MESSAGES/custodyfs.mo

.PHONY: all deps deps-demo deps-check deps-bench deps-lint demo check check-unit check-mount check-threads check-model coverage check-clients client-table bench install uninstall clean help FORCE
all: $(PROGRAMS) $(LOCALE) $(B)/compile_commands.json

help:
	@sed -n 's/^## //p' Makefile

## make              builds the programs into build/
## make deps         installs what building and running needs (apt)    make deps-check   what tests need as well
## make demo         shows the main job on real media, in a store of its own
## make check        runs every test, JOBS at once (default: one a processor); SAN=address,undefined or SAN=thread the same under a sanitizer
## make check-unit   the unit tests      make check-mount   the tests on real mounts
## make check-clients  the matrix of real clients      make client-table  the same, and writes the README's table
## make check-threads  what has threads, for SAN=thread      make check-model  all sequences of test_rules_model, which SAN= runs a fifth of
## make coverage     how much of the lines and branches the quick unit tests reach, by folder; all of policy/, or it fails
## make bench        measures against cp, sha256sum and libfuse's passthrough example
## make lint         layout, clang-tidy, locks by Clang, cppcheck, shellcheck, rooms        make format   lays out all C
## make install      into $(DESTDIR)$(PREFIX)        make uninstall        make clean

# Changes when the flags do, and only then; all objects depend on it.
$(B)/flags: FORCE
	@mkdir -p $(@D) && echo '$(subst ','\'',$(FLAGS))' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/obj/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libcore.a: $(call obj,$(CORE))
$(B)/libtext.a: $(call obj,$(TEXT))
$(B)/libcore.a $(B)/libtext.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/custodyfs: LIBS := $(LIBS_MOUNT)
$(B)/custodyfs: $(call obj,$(MOUNT))
$(B)/mkfs.custodyfs: $(call obj,mkfs/mkfs.c)
$(B)/custody: LIBS := -lmagic
$(B)/custody: $(call obj,$(TOOLS))
$(B)/fsck.custodyfs: $(call obj,tools/fsck.c)
$(B)/custody-dockd: LIBS := -linotifytools
$(B)/custody-dockd: $(call obj,$(DOCKD))
$(B)/make_tree: $(call obj,tests/peer/make_tree.c)
$(B)/make_many: $(call obj,tests/mount/make_many.c)
$(TEST_BINARIES): LIBS := $(LIBS_CHECK)
$(TEST_BINARIES): $(B)/test/%: $(B)/obj/tests/unit/%.o
$(DOCKD_TESTS): LIBS := $(LIBS_CHECK) -linotifytools
$(DOCKD_TESTS): $(call obj,$(filter-out %/main.c,$(DOCKD)))
$(TOOLS_TESTS): $(call obj,$(wildcard tools/story/*.c)) | $(LOCALE)
$(PROGRAMS) $(B)/make_tree $(B)/make_many $(TEST_BINARIES): $(B)/libtext.a $(B)/libcore.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(B)/libtext.a $(B)/libcore.a $(LIBS) $(LIBS_CORE)

# For editors and for clang-tidy: how each file is compiled.
$(B)/compile_commands.json: $(B)/flags $(SOURCES)
	@{ sep='['; for f in $(SOURCES); do echo "$$sep"'{"directory":"$(CURDIR)","file":"'$$f'","command":"$(subst ','\'',$(subst ",\",$(lastword $(CC)) $(ALL_CFLAGS))) -c '$$f'"}'; \
		sep=,; done; echo ']'; } >$@

$(LOCALE): $(sort $(wildcard tools/po/*.po))
	$(call say,MSGFMT,$@)
	$(Q)mkdir -p $(@D) && msgcat --use-first $^ | msgfmt -c -o $@ -

# apt is asked only for what is missing, so that a machine that has it all needs no network.
deps: WANTED := $(DEPS_BUILD) $(DEPS_RUN)
deps-demo: WANTED := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_DEMO)
deps-check: WANTED := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHECK) $(DEPS_CLIENTS)
deps-bench: WANTED := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_BENCH)
deps-lint: WANTED := $(DEPS_LINT)
deps deps-demo deps-check deps-bench deps-lint:
	$(Q)missing=$$(for p in $(WANTED); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; }

# What is installed: mode:source:destination.
man = $(foreach m,$(notdir $(wildcard tools/man/$(1)*.[1-8])),644:tools/man/$(1)$(m):$(MANDIR)/$(1)man$(subst .,,$(suffix $(m)))/$(m))
INSTALLED := $(foreach p,custody custodyfs,755:$(B)/$(p):$(BINDIR)/$(p)) \
	$(foreach p,mkfs.custodyfs fsck.custodyfs custody-dockd,755:$(B)/$(p):$(SBINDIR)/$(p)) \
	644:$(LOCALE):$(LOCALEDIR)/zh_CN/LC_MESSAGES/custodyfs.mo $(call man) $(call man,zh_CN/) \
	644:contrib/systemd/custodyfs@.service:$(UNITDIR)/custodyfs@.service \
	644:contrib/systemd/sysusers.conf:$(LIBDIR)/sysusers.d/custodyfs.conf \
	644:contrib/systemd/tmpfiles.conf:$(LIBDIR)/tmpfiles.d/custodyfs.conf \
	644:contrib/dockd/custody-dockd.service:$(UNITDIR)/custody-dockd.service \
	644:contrib/dockd/sysusers.conf:$(LIBDIR)/sysusers.d/custody-dockd.conf \
	644:contrib/dockd/custody-dockd.conf:$(DOCDIR)/custody-dockd.conf

install: all
	@for f in $(INSTALLED); do IFS=: && set -- $$f && echo "$(DESTDIR)$$3" && install -D -m $$1 $$2 "$(DESTDIR)$$3" || exit; done

uninstall:
	@for f in $(INSTALLED); do rm -fv "$(DESTDIR)$${f##*:}" || exit; done
	@[ ! -d "$(DESTDIR)$(DOCDIR)" ] || rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(DOCDIR)"

include tests/tests.mk tests/lint.mk

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
