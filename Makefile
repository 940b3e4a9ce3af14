# csvnet: from a labelled CSV to a leaderboard file.
#
#   make          build                     make check    test (SAN=1: under sanitizers)
#   make deps     install what is needed    make demo     the whole road on Fashion-MNIST
#   make install  PREFIX=/usr/local         make uninstall

VERSION = 0.1.0

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
PYTHON  ?= /usr/bin/python3
BUILD   ?= build$(if $(SAN),/san)
SAN     ?=

all: programs

# ---- Compiling ----

PACKAGES = libzstd jansson zlib libxxhash
PROGRAMS = ingest split fit predict submit

warnings = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror)
san      = $(if $(SAN),-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
base     = -std=c11 -D_GNU_SOURCE -DCSVNET_VERSION='"$(VERSION)"' -ffp-contract=off -pthread \
           $(warnings) $(san) -MMD -MP
compile  = $(CC) $(base) $(CPPFLAGS) $(CFLAGS)
# Asked of pkg-config once, at the first use, so that `make deps` can run before.
pkgs     = $(eval pkgs := $$(shell pkg-config --libs $(PACKAGES)))$(pkgs)
libs     = $(pkgs) -lcsv -lm

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)))
nn_obj       := $(call objects,nn/[!k]*.c nn/k[!e]*.c)
pipeline_obj := $(call objects,pipeline/*.c)
cmd_obj      := $(call objects,cmd/*.c)
shared_obj   := $(filter-out $(PROGRAMS:%=$(BUILD)/obj/cmd/%.o),$(cmd_obj))

programs: $(PROGRAMS:%=$(BUILD)/bin/%)

$(PROGRAMS:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(shared_obj) $(BUILD)/libpipeline.a $(BUILD)/libnn.a
	@mkdir -p $(@D)
	$(CC) $(san) $(CFLAGS) -pthread $(LDFLAGS) -o $@ $^ $(libs)

$(BUILD)/libpipeline.a: $(pipeline_obj)
$(BUILD)/libnn.a: $(nn_obj)
$(BUILD)/lib%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(compile) -c -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf build

.PHONY: all programs clean
