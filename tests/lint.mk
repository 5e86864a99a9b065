# make format and make lint.  What lint looks at file by file it looks at again only when that file or a header of its changed.

# Clang 20 and newer check the fields that a lock guards (fs/store/base/annotate.h), older ones functions alone.
CLANG := $(or $(lastword $(sort $(notdir $(wildcard /usr/bin/clang-2[0-9])))),clang)
CLANG_FLAGS := -Wthread-safety $(if $(filter clang,$(CLANG)),,-DCUSTODYFS_GUARDED -fexperimental-late-parse-attributes)
C_FILES = $(shell find fs policy mkfs tools tests -name '*.[ch]')
SHELL_FILES := $(wildcard tests/*.sh tests/*/*.sh .ci/run tools/po/check.sh)
SHELL_LIBS := $(wildcard tests/lib.sh tests/*/*lib*.sh tests/*/job.sh)
LINTED := $(SOURCES:%=$(B)/lint/%) $(SHELL_FILES:%=$(B)/lint/%)

.PHONY: format lint do-lint lint-layout lint-c lint-rooms deps-clang
format:
	$(Q)clang-format -i $(C_FILES)

lint: deps deps-lint deps-clang
	$(Q)$(MAKE) --no-print-directory -j$${JOBS:-$$(nproc)} do-lint
	@echo 'lint: clean'

deps-clang: deps-lint
	$(Q)[ $(CLANG) != clang ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends clang-22 >/dev/null 2>&1 || \
		echo 'lint: fields that a lock guards are not checked: no Clang 20 or newer'

do-lint: $(LINTED) lint-layout lint-c lint-rooms

# Other versions lay out some lines in another way.
lint-layout:
	$(call say,LINT,layout)
	$(Q)if clang-format --version | grep -q 'version 14\.'; then clang-format --dry-run -Werror $(C_FILES); else echo 'lint: the layout is not checked: clang-format is not 14'; fi

lint-c:
	$(call say,LINT,cppcheck)
	$(Q)cppcheck -q -j2 --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --suppressions-list=tests/cppcheck.txt -I. $(PKG_CFLAGS) \
		-D__linux__ '-DTAILQ_HEAD(name,type)=struct type *' --template='{file}:{line}: {message} [{id}]' $(filter-out tests/%,$(SOURCES))

lint-rooms:
	$(call say,LINT,rooms)
	$(Q)mkdir -p $(B) && bash tests/layering.sh >$(B)/rooms || { grep -v '^ok - ' $(B)/rooms; false; }

# What a tool says is shown only where it fails.
quiet = mkdir -p $(@D) && { $(1); } >$@.said 2>&1 || { cat $@.said; false; }
$(B)/lint/tests/%.c: tests/%.c $(B)/flags
	$(call say,LINT,$<)
	$(Q)$(call quiet,$(CLANG) $(ALL_CFLAGS) $(CLANG_FLAGS) -Werror -fsyntax-only -MMD -MP -MT $@ -MF $@.d $<)
	@touch $@

$(B)/lint/%.c: %.c .clang-tidy $(B)/flags
	$(call say,LINT,$<)
	$(Q)$(call quiet,$(CLANG) $(ALL_CFLAGS) $(CLANG_FLAGS) -Werror -fsyntax-only -MMD -MP -MT $@ -MF $@.d $< && clang-tidy --quiet $< -- $(ALL_CFLAGS))
	@touch $@

$(SHELL_FILES:%=$(B)/lint/%): $(B)/lint/%: % .shellcheckrc $(SHELL_LIBS)
	$(call say,LINT,$<)
	$(Q)$(call quiet,shellcheck -x $<)
	@touch $@

-include $(shell find $(B)/lint -name '*.d' 2>/dev/null)
