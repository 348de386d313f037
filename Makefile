# Builds dstack-simulator, runs its tests and installs it.
#
# `make help` lists the targets. Three of them are for every day: `make run` installs the
# packages that are missing, builds and runs; `make test` does the same for the tests and
# runs all of them; `make check` runs those that need nothing from the network.
#
# The program is built in the root of the tree; everything else that is generated goes to
# build/. What can be set on the command line:
#
#   SANITIZE=1       build with ASan and UBSan, in build/asan
#   COVERAGE=1       build with counters for gcov, in build/coverage
#   LIBFUZZER=1      build fuzz targets with clang's libFuzzer, as `make fuzz` does
#   FUZZ_SECONDS     how long `make fuzz` runs each target, 60 by default
#   SECONDS          how long `make soak` sends requests, 60 by default
#   STATIC=1         link statically, as `make static` does
#   ARCH             amd64 or arm64, for `make static`: that of this machine by default
#   CI=true          treat warnings as errors
#   V=1              show the commands that are run
#   PREFIX, DESTDIR  where to install, /usr/local by default
#   REV              the revision that the program reports, that of git by default
#   CC, AR, PKG_CONFIG, CPPFLAGS, CFLAGS, LDFLAGS, BUILD, PROGRAM, JOBS  as usual

HOST_ARCH := $(patsubst x86_64,amd64,$(patsubst aarch64,arm64,$(shell uname -m)))
ARCH      ?= $(HOST_ARCH)
BUILD     ?= $(if $(SANITIZE),build/asan,$(if $(COVERAGE),build/coverage,build))
PROGRAM   ?= $(if $(filter build,$(BUILD)),,$(BUILD)/)dstack-simulator
PREFIX    ?= /usr/local
VERSION   := 0.1.0
# In an archive that git has made, this file has the commit. Elsewhere git knows it.
ARCHIVED  := $(shell grep -o '^[0-9a-f]\{12\}' scripts/revision 2>/dev/null)
REV       ?= $(or $(ARCHIVED),$(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown))
JOBS      ?= $(shell nproc)

CFLAGS    ?= -O3 -g
WARNINGS  := -Wall -Wextra -Wno-unused-parameter -Wshadow -Wconversion -Wstrict-prototypes \
             -Wmissing-prototypes -Wvla -Wdeclaration-after-statement
# clang also warns of a macro that a system header defines, as the generated headers do.
ifeq ($(findstring clang,$(CC)),)
WARNINGS  += -Wcast-qual
endif
STANDARD  := -std=c11 -D_GNU_SOURCE
HARDENING := -fstack-protector-strong -fno-common -fPIE
LINKING   := -pie -Wl,-z,relro -Wl,-z,now
# C does not need tables to unwind its stack by, and a debugger has its own. What is never called is left out.
HARDENING += -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
LINKING   += -Wl,--gc-sections
ifeq ($(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),)
HARDENING += -D_FORTIFY_SOURCE=2
endif
ifeq ($(CI),true)
WARNINGS  += -Werror
endif
ifneq ($(SANITIZE),)
# FORTIFY hides reads from ASan; without recovery the first finding ends the run.
HARDENING := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINKING   :=
CFLAGS    := -O1 -g
endif
# Without optimization every line has code of its own. Counters of threads and processes add up.
ifneq ($(COVERAGE),)
HARDENING := --coverage -fprofile-update=atomic
LINKING   :=
CFLAGS    := -O0 -g
endif
ifneq ($(LIBFUZZER),)
HARDENING += -fsanitize=fuzzer-no-link
endif
# One file that runs on any Linux; without symbols, which name nothing that a user could read.
ifneq ($(STATIC),)
HARDENING += -DLINKED_STATICALLY
LINKING   := -static-pie -s -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections -Wl,-Map=$(BUILD)/link.map \
             -Wl,-T,scripts/static.ld
endif
# The same bytes in whatever directory it is built.
MAPPED    := -ffile-prefix-map=$(CURDIR)=.$(if $(filter /%,$(BUILD)), -ffile-prefix-map=$(BUILD)=build)

# What scripts/setup unpacks instead of installing it: llhttp's sources where Node.js would come
# with them, and after `make deps-local` all libraries and tools that the system lacks. Those
# libraries are linked statically, so that the program needs nothing of build/. For another
# machine, `scripts/setup ARCH` unpacks its libraries, and all else is this machine's.
DEPS      := build/deps$(if $(filter-out $(HOST_ARCH),$(ARCH)),-$(ARCH))
DEPS_LIB  := $(firstword $(wildcard $(DEPS)/usr/lib/*-linux-gnu*))
ifneq ($(ARCH),$(HOST_ARCH))
TRIPLET   := $(patsubst amd64-%,x86_64-%,$(patsubst arm64-%,aarch64-%,$(ARCH)-linux-gnu))
CC        := $(TRIPLET)-gcc
PKG_CONFIG ?= PKG_CONFIG_LIBDIR=$(or $(DEPS_LIB),$(DEPS))/pkgconfig pkg-config
DEPS_FLAGS := -isystem $(DEPS)/usr/include -isystem $(DEPS)/usr/include/$(TRIPLET)
else ifneq ($(DEPS_LIB),)
DEPS_TOOL  = LD_LIBRARY_PATH=$(abspath $(DEPS_LIB)) $(firstword $(wildcard $(abspath $(DEPS)/usr/bin/$(1))) $(1))
PKG_CONFIG ?= PKG_CONFIG_PATH=$(abspath $(DEPS_LIB))/pkgconfig $(call DEPS_TOOL,pkg-config)
PROTOC_C  ?= $(call DEPS_TOOL,protoc-c)
DEPS_FLAGS := -isystem $(DEPS)/usr/include -isystem $(DEPS)/usr/include/$(notdir $(DEPS_LIB))
endif
PKG_CONFIG ?= pkg-config
PROTOC_C  ?= protoc-c

# Relative relocations take a tenth of the space, if the linker writes and the C library reads them. RELATIVE= does
# without, for a program that is to run with an older glibc as well.
ifeq ($(origin RELATIVE),undefined)
RELATIVE  := $(shell $(CC) -Wl,--help 2>/dev/null | grep -q -e '-z pack-relative-relocs' && \
               printf '#include <features.h>\n#if !__GLIBC_PREREQ(2, 36)\n#error\n#endif\n' | \
               $(CC) $(DEPS_FLAGS) -E -x c - >/dev/null 2>&1 && echo -Wl,-z,pack-relative-relocs)
endif

MSGPACK   := $(shell $(PKG_CONFIG) --exists msgpack-c 2>/dev/null && echo msgpack-c || echo msgpack)
PACKAGES  := libuv libsecp256k1 hogweed nettle libprotobuf-c jansson yaml-0.1 $(MSGPACK)
PKG_FLAGS := $(DEPS_FLAGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
LIBS      := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null) -lmbedtls -lmbedx509 -lmbedcrypto -lgmp

# llhttp: a library where the distribution has one, else the C sources that
# Debian 12 packages for Node, compiled here. Up to release 8 it is strict only if it is compiled so.
ifeq ($(shell $(PKG_CONFIG) --atleast-version=9 libllhttp 2>/dev/null && echo yes),yes)
PKG_FLAGS += $(shell $(PKG_CONFIG) --cflags libllhttp)
LIBS      += $(shell $(PKG_CONFIG) --libs libllhttp)
else
LLHTTP_SHARE := $(firstword $(wildcard $(DEPS)/usr/share/llhttp build/deps/usr/share/llhttp) /usr/share/llhttp)
PKG_FLAGS += -isystem $(LLHTTP_SHARE:/llhttp=/include/llhttp)
LLHTTP_STRICT := -DLLHTTP_STRICT_MODE=1
LLHTTP    := api http llhttp
LLHTTP_OBJECTS := $(LLHTTP:%=$(BUILD)/llhttp/%.o)
endif

# Debian's libuv has its static library under another name.
ifneq ($(DEPS_LIB),)
archive    = $(notdir $(firstword $(wildcard $(DEPS_LIB)/$(1:-l%=lib%.a) $(DEPS_LIB)/$(1:-l%=lib%_a.a))))
LIBS      := -L$(DEPS_LIB) $(foreach flag,$(LIBS),$(or $(addprefix -l:,$(call archive,$(flag))),$(flag)))
else ifneq ($(STATIC),)
LIBS      := $(patsubst -luv,$(if $(filter /%,$(shell $(CC) -print-file-name=libuv_a.a)),-l:libuv_a.a,-luv),$(LIBS))
endif
# The linker warns of getaddrinfo, which sim/host/names.c keeps from loading libraries, and of
# getpwuid_r, which only functions of libuv call that are never called here.
EXPECTED_WARNINGS := -e 'in statically linked applications requires at runtime' -e ': in function .*:$$'
# Before glibc 2.34, what libuv needs was in libraries of its own.
LIBS      += $(if $(STATIC),-lpthread -ldl -lrt)

PROTOS    := $(wildcard sim/proto/*.proto)
PROTO_C   := $(PROTOS:sim/proto/%.proto=$(BUILD)/proto/%.pb-c.c)
PROTO_H   := $(PROTO_C:.c=.h)
FIXTURES  := $(wildcard fixtures/*.json)
WEB       := $(wildcard sim/web/*.html sim/web/*.css sim/web/*.js sim/web/*.svg)
MANUAL    := sim/cli/man.roff
EMBEDDED  := $(BUILD)/fixtures.c $(BUILD)/web.c $(BUILD)/cli.c
DOCS      := $(BUILD)/proto_docs.c

SOURCES   := $(sort $(wildcard crypto/*.c sim/*.c sim/*/*.c))
OBJECTS   := $(SOURCES:%.c=$(BUILD)/%.o) $(PROTO_C:.c=.o) $(EMBEDDED:.c=.o) $(DOCS:.c=.o) $(LLHTTP_OBJECTS)
LIBRARY   := $(BUILD)/library.a
UNITS     := $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(wildcard test/unit/test_*.c))
INCLUDES  := -I. -I$(BUILD)
FLAGS      = $(HARDENING) $(MAPPED) $(CPPFLAGS) $(CFLAGS)
# Rooms that do little for a request: there -O3 would only make the program larger.
SMALL     := $(filter $(patsubst %,$(BUILD)/sim/%/%,cli client engine process vmm kms image app host faults tsm),$(OBJECTS))
$(SMALL): SMALLER = $(if $(filter -O3,$(CFLAGS)),-O2)
COMPILE    = $(CC) $(STANDARD) $(WARNINGS) $(FLAGS) $(SMALLER) $(INCLUDES) $(PKG_FLAGS) -MMD -MP
LINK       = $(CC) $(FLAGS) $(LINKING) $(RELATIVE) $(LDFLAGS)

Q := $(if $(V),,@)

# These compile nothing in this make, so they work before the libraries are installed.
WITHOUT_LIBRARIES := help fuzz run test check sanitize valgrind soak coverage test-release static packages dist deb setup deps-local format format-check uninstall clean
GOALS             := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out $(WITHOUT_LIBRARIES),$(GOALS)),)
ifeq ($(shell $(PKG_CONFIG) --exists $(PACKAGES) 2>/dev/null && $(PROTOC_C) --version 2>/dev/null),)
$(error libraries needed to build are missing: `make setup` installs them, `make deps-local` does without root$(if $(filter-out $(HOST_ARCH),$(ARCH)),; those for $(ARCH) are unpacked by `scripts/setup $(ARCH)`))
endif
endif

# `make help` shows what follows the two number signs of a target.
.PHONY: all help run test check sanitize valgrind soak coverage test-release static packages dist deb bench setup deps-local units fuzzers fuzz docs tidy format format-check install uninstall clean
all: $(PROGRAM) ## Build ./dstack-simulator, the default

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Those that build do it in a make of their own, which sees what setup has installed.
run: ## Install what is missing, build and run; ARGS='--seed mine' passes options
	@scripts/setup
	@$(MAKE) --no-print-directory -j$(JOBS) $(PROGRAM)
	@exec ./$(PROGRAM) $(ARGS)

test: ## Install what is missing, also for the tests, then build and run every test
	@scripts/setup test
	@test/run

check: ## Build and run every test that needs nothing from the network
	@test/run --offline

# With ASan and UBSan, without recovery. Each test of the program runs, and the SDKs and verifiers
# of others.
SANITIZED := unit fuzz http services python javascript rust verify-py verify-js verify-go verify-rust

sanitize: ## Run all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/setup test
	@test/run $(patsubst fuzz-asan,fuzz,$(SANITIZED:=-asan))

valgrind: ## Call every method of every service under valgrind
	@scripts/setup test
	@test/run valgrind

soak: ## Send mixed requests for SECONDS, a minute by default, to a program with sanitizers
	@scripts/setup
	@$(MAKE) --no-print-directory -j$(JOBS) SANITIZE=1 all
	@SIMULATOR=build/asan/dstack-simulator ASAN_OPTIONS=detect_leaks=1 test/soak/run $(SECONDS)

coverage: ## Run the tests of our own with counters; say what was executed, file by file
	@scripts/setup test
	@test/run coverage
	@scripts/coverage

test-release: ## Run every test in fresh roots of Debian 12 and 13, as root
	@scripts/test-release

# In a make of its own, because it is built in a directory of its own, and what is missing for
# another machine is unpacked first.
static: ## Build build/static/ARCH/dstack-simulator: one file, for any Linux; ARCH=arm64 for another machine
	@scripts/setup
	$(if $(filter-out $(HOST_ARCH),$(ARCH)),@scripts/setup $(ARCH))
	@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS)) STATIC=1 ARCH=$(ARCH) BUILD=build/static/$(ARCH) all

packages: static ## Make the packages of packages/ for this machine, or for ARCH too once it is built
	@packages/build

# Of what is committed. Their time is that of the commit, so they are the same wherever they are made.
DIST      := dstack-simulator-$(VERSION)

dist: ## Make build/dist/dstack-simulator-VERSION.tar.gz, which builds without git
	@mkdir -p build/dist
	@git diff --quiet HEAD || echo "dist: what is not committed is left out" >&2
	git archive --format=tar --prefix=$(DIST)/ HEAD | gzip -9n > build/dist/$(DIST).tar.gz

deb: dist ## Make build/deb/dstack-simulator_VERSION_ARCH.deb with debhelper, without network
	rm -rf build/deb && mkdir -p build/deb
	tar -C build/deb -xzf build/dist/$(DIST).tar.gz
	cd build/deb/$(DIST) && dpkg-buildpackage --build=full --no-sign $(DEB_FLAGS)

bench: $(PROGRAM) $(BUILD)/bench/operations $(BUILD)/bench/turns.so ## Measure; BASE=REVISION compares, ARGS passes options of scripts/bench
	@scripts/bench --program ./$(PROGRAM) --tools $(BUILD)/bench $(if $(BASE),--base '$(BASE)') $(ARGS)

setup: ## Install the Debian packages needed to build
	@scripts/setup

deps-local: ## Unpack them below build/ instead, without root
	@scripts/setup local

$(PROGRAM): $(OBJECTS)
	@echo "  link  $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS) $(if $(STATIC),2> $(BUILD)/link.log || { cat $(BUILD)/link.log >&2; exit 1; })
	$(if $(STATIC),$(Q)grep -v $(EXPECTED_WARNINGS) $(BUILD)/link.log >&2 || true)

$(BUILD)/%.o: %.c $(BUILD)/flags | $(PROTO_H) $(BUILD)/version_data.h
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(COMPILE) -c -o $@ $<

# Rewritten only when it changes, so that a commit rebuilds only what shows the version. Another make may do the
# same at that moment.
$(BUILD)/version_data.h: FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; printf '#define VERSION_NUMBER "%s"\n#define VERSION_REV "%s"\n' '$(VERSION)' '$(REV)' > $$new; \
	    cmp -s $$new $@ && rm $$new || mv $$new $@
# Likewise, so that other flags rebuild everything.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; echo '$(subst ','\'',$(CC) $(HARDENING) $(CPPFLAGS) $(CFLAGS) $(LLHTTP_STRICT) $(LINKING) $(RELATIVE) $(LDFLAGS))' > $$new; \
	    cmp -s $$new $@ && rm $$new || mv $$new $@
FORCE:

# Generated and packaged C is compiled as it comes, without our warnings.
$(BUILD)/proto/%.pb-c.o: $(BUILD)/proto/%.pb-c.c $(BUILD)/flags | $(PROTO_H)
	$(Q)$(CC) $(FLAGS) $(INCLUDES) $(PKG_FLAGS) -MMD -MP -c -o $@ $<

$(EMBEDDED:.c=.o) $(DOCS:.c=.o): %.o: %.c $(BUILD)/flags
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/llhttp/%.o: $(LLHTTP_SHARE)/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $(LLHTTP_STRICT) $(PKG_FLAGS) -c -o $@ $<

# protoc-c writes down what each file imports, so that a change rebuilds only its users. The
# initializers of its headers cast const away, which only a system header may do.
$(BUILD)/proto/%.pb-c.c $(BUILD)/proto/%.pb-c.h &: sim/proto/%.proto
	@mkdir -p $(@D)
	@echo "  proto $<"
	$(Q)$(PROTOC_C) --proto_path=sim/proto --c_out=$(BUILD)/proto --dependency_out=$(BUILD)/proto/$*.imports.d $< \
	    2> $@.log || { cat $@.log >&2; exit 1; }
	$(Q)sed -i '1i #pragma GCC system_header' $(BUILD)/proto/$*.pb-c.h

# An earlier build may have written down an import that no longer exists.
sim/proto/%.proto: ;

.SECONDARY: $(PROTO_C) $(PROTO_H)

$(BUILD)/fixtures.c: EMBED := embedded_fixtures
$(BUILD)/fixtures.c: $(FIXTURES)
$(BUILD)/web.c: EMBED := embedded_web
$(BUILD)/web.c: $(WEB:sim/web/%=$(BUILD)/web/%)
$(BUILD)/cli.c: EMBED := embedded_cli
$(BUILD)/cli.c: $(MANUAL)

$(BUILD)/web/%: sim/web/% scripts/lean
	@mkdir -p $(@D)
	$(Q)scripts/lean $< > $@.new && mv $@.new $@

$(EMBEDDED): scripts/embed
	@mkdir -p $(@D)
	@echo "  embed $@"
	$(Q)scripts/embed $(EMBED) $(filter-out scripts/embed,$^) > $@.new && mv $@.new $@

$(DOCS): scripts/proto-docs $(PROTOS)
	@mkdir -p $(@D)
	@echo "  docs  $@"
	$(Q)scripts/proto-docs $(PROTOS) > $@.new && mv $@.new $@

# Each unit test links the parts of the program that it uses.
$(LIBRARY): $(filter-out $(BUILD)/sim/main.o,$(OBJECTS))
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/unit/%.o: test/unit/%.c $(BUILD)/flags | $(PROTO_H) $(BUILD)/version_data.h
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/unit/%: $(BUILD)/unit/%.o $(LIBRARY)
	@echo "  unit  $@"
	$(Q)$(LINK) -o $@ $< $(LIBRARY) $(LIBS) -lcmocka

# What valgrind shows of secrets: see test/secrets.
$(BUILD)/secrets/%: test/secrets/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(COMPILE) -c -o $@.o $<
	$(Q)$(LINK) -o $@ $@.o $(LIBRARY) $(LIBS) -lcmocka

$(BUILD)/bench/operations: scripts/measure/operations.c $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@.o $<
	$(Q)$(LINK) -o $@ $@.o $(LIBRARY) $(LIBS)

$(BUILD)/bench/turns.so: scripts/measure/turns.c
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -D_GNU_SOURCE $(WARNINGS) -shared -fPIC -o $@ $<

.SECONDARY: $(UNITS:=.o)

units: $(UNITS) ## Build the unit tests

# Fuzz targets run on files, with replay.c, or on what libFuzzer makes up.
FUZZERS := $(patsubst test/fuzz/targets/%.c,$(BUILD)/fuzz/%,$(wildcard test/fuzz/targets/*.c))

$(BUILD)/fuzz/%.o: test/fuzz/%.c $(BUILD)/flags | $(PROTO_H) $(BUILD)/version_data.h
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/fuzz/%: $(BUILD)/fuzz/targets/%.o $(if $(LIBFUZZER),,$(BUILD)/fuzz/replay.o) $(LIBRARY)
	@echo "  fuzz  $@"
	$(Q)$(LINK) $(if $(LIBFUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

.SECONDARY: $(FUZZERS:$(BUILD)/fuzz/%=$(BUILD)/fuzz/targets/%.o) $(BUILD)/fuzz/replay.o

fuzzers: $(FUZZERS) ## Build the fuzz targets, to run on files: build/fuzz/TARGET FILE

fuzz: ## Run each fuzz target for FUZZ_SECONDS; ARGS names some of them
	@scripts/fuzz $(ARGS)

TEXTS := $(addprefix scripts/share/dstack-simulator.,1 bash zsh fish)

# Tables of documents, the manual and the completions are printed by the unit tests that fail when
# they are out of date.
docs: $(addprefix $(BUILD)/unit/test_docs_,options services share) ## Write the tables of documents and scripts/share/ again
	$(Q)$< docs/options.md > $(BUILD)/document && cat $(BUILD)/document > docs/options.md
	$(Q)$(word 2,$^) README.md > $(BUILD)/document && cat $(BUILD)/document > README.md
	$(Q)test/verifiers/verdicts.py docs/verify.md > $(BUILD)/document && cat $(BUILD)/document > docs/verify.md
	$(Q)mkdir -p $(sort $(dir $(TEXTS)))
	$(Q)for text in $(TEXTS); do $(word 3,$^) $$text > $(BUILD)/document && cat $(BUILD)/document > $$text; done
	$(Q)sed -i -E 's/(dstack-simulator[:_-])[0-9]+\.[0-9]+\.[0-9]+/\1$(VERSION)/' \
	    docs/install.md $(wildcard scripts/deploy/*.* scripts/deploy/*/*.*)
	$(Q)scripts/debian-changelog > $(BUILD)/document && cat $(BUILD)/document > debian/changelog

# Each file is checked again after a change of its own, of a header or of what is off. What clang-tidy writes to
# stderr is how many warnings it keeps to itself.
OWN_C     := $(SOURCES) $(wildcard test/unit/*.c test/fuzz/*.c test/fuzz/targets/*.c test/secrets/*.c)
TIDY      := $(OWN_C:%.c=$(BUILD)/tidy/%.checked)
TIDY_RULES := $(wildcard crypto/*.h sim/*/*.h test/*/*.h scripts/tidy/*) .clang-tidy test/.clang-tidy
TIDY_HINTS = -include scripts/tidy/errors.h
$(BUILD)/tidy/sim/base/error.checked: TIDY_HINTS :=
$(BUILD)/tidy/test/unit/%.checked: TIDY_HINTS += -include scripts/tidy/assertions.h

$(BUILD)/tidy/%.checked: %.c $(TIDY_RULES) | $(PROTO_H) $(BUILD)/version_data.h
	@mkdir -p $(@D)
	@echo "  tidy  $<"
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(STANDARD) $(TIDY_HINTS) $(INCLUDES) $(PKG_FLAGS) \
	    2> $@.log || { cat $@.log >&2; exit 1; }
	@touch $@

# The program has one thread, in which readdir and gmtime are right; and a test that fails need free nothing. With
# -j it follows nothing from file to file, where it takes an argument that is filled in for one that is read.
CPPCHECK  := cppcheck --quiet -j$(JOBS) --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
             --library=posix,gnu,scripts/tidy/cppcheck.cfg --suppress=missingIncludeSystem \
             --suppress=readdirCalled --suppress=gmtimeCalled --suppress=memleak:test/* \
             --suppress=resourceLeak:test/* --suppress=leakNoVarFunctionCall:test/* \
             --suppress=leakReturnValNotUsed:test/*

$(BUILD)/tidy/cppcheck.checked: $(OWN_C) $(TIDY_RULES) | $(PROTO_H) $(BUILD)/version_data.h
	@mkdir -p $(@D)
	@echo "  cppcheck"
	$(Q)$(CPPCHECK) $(INCLUDES) $(OWN_C)
	@touch $@

$(BUILD)/tidy/all.checked: $(TIDY) $(BUILD)/tidy/cppcheck.checked
	@touch $@

tidy: ## Check all C with clang-tidy and cppcheck
	@for tool in clang-tidy cppcheck; do command -v $$tool >/dev/null || \
	    { echo "tidy: $$tool is missing: install the package of that name" >&2; exit 1; }; done
	@$(MAKE) --no-print-directory --keep-going $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS)) $(BUILD)/tidy/all.checked

format: ## Format all C files
	@scripts/format

format-check: ## Fail when a C file is not formatted
	@scripts/format check

# The manual and the completions are files of the tree, so that a program for another machine need
# not run here to be installed.
UNITS_OF_SYSTEMD := $(addprefix $(BUILD)/systemd/,dstack-simulator.service dstack-simulator.socket)

$(UNITS_OF_SYSTEMD): $(BUILD)/systemd/%: scripts/systemd/% FORCE
	@mkdir -p $(@D)
	$(Q)sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $< > $@

# MODE:FILE:PLACE, each place relative to PREFIX and one that Debian's man, bash, zsh, fish or
# systemd looks at.
ZSH_FUNCTIONS := share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
INSTALLED     := 755:$(PROGRAM):bin/dstack-simulator \
                 644:scripts/share/dstack-simulator.1:share/man/man1/dstack-simulator.1 \
                 644:scripts/share/dstack-simulator.bash:share/bash-completion/completions/dstack-simulator \
                 644:scripts/share/dstack-simulator.zsh:$(ZSH_FUNCTIONS)/_dstack-simulator \
                 644:scripts/share/dstack-simulator.fish:share/fish/vendor_completions.d/dstack-simulator.fish \
                 $(foreach unit,$(UNITS_OF_SYSTEMD),644:$(unit):lib/systemd/system/$(notdir $(unit)))

# For each entry, a command with its mode, file and place in $1, $2 and $3.
for_installed = @set -e; IFS=:; for entry in $(INSTALLED); do set -- $$entry; $(1); done

install: $(PROGRAM) $(UNITS_OF_SYSTEMD) ## Install the program, its manual, completions and units; see PREFIX
	$(call for_installed,echo "  install $$3"; install -D -m "$$1" "$$2" "$(DESTDIR)$(PREFIX)/$$3")

uninstall: ## Remove what `make install` installed
	$(call for_installed,echo "  remove  $$3"; rm -f "$(DESTDIR)$(PREFIX)/$$3")

clean: ## Remove the program and build/, but for what setup has unpacked
	rm -rf $(filter-out $(DEPS),$(wildcard build/*)) dstack-simulator

-include $(OBJECTS:.o=.d) $(UNITS:=.d) $(FUZZERS:$(BUILD)/fuzz/%=$(BUILD)/fuzz/targets/%.d) $(PROTO_C:.pb-c.c=.imports.d)
