# Builds ngx_http_loyalty_module outside of nginx's source tree, in build/.
#
#   make build                        for the installed nginx (nginx-dev)
#   make build NGINX_SRC=~/nginx-1.26 for another one
#   make build CC=clang CFLAGS=-O3
#
# nginx is configured once, and again when config, the compiler, the flags or
# nginx's headers change; after that an edit costs a second.

SHELL := /bin/bash

ifeq ($(origin CC),default)
CC := gcc
endif

CFLAGS ?= -g -O2

NAME  := ngx_http_loyalty_module
BUILD ?= build

override BUILD := $(abspath $(BUILD))

# where the headers of Debian's nginx are: installed, or unpacked by
# tests/install-packages where nginx is not installed

DEBIAN := /usr/share/nginx/src

NGINX_SRC ?= $(firstword $(wildcard $(DEBIAN) $(BUILD)/debian$(DEBIAN)))

override NGINX_SRC := $(abspath $(NGINX_SRC))

NGINX_VERSION := $(shell sed -n 's/^.define NGINX_VERSION *"\(.*\)"/\1/p' \
                         $(NGINX_SRC)/src/core/nginx.h 2>/dev/null)

SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
              -fno-omit-frame-pointer

ifdef SANITIZE
FLAGS   = $(CFLAGS) -fPIC -O1 $(SANITIZERS)
LDFLAGS = $(SANITIZERS)
FLAVOUR := asan
else
FLAGS   = $(CFLAGS) -fPIC
endif

# a flavour is a second build beside the first one, in a folder of its own

FLAVOUR ?=

OBJ := $(BUILD)$(FLAVOUR:%=/%)
OUT := $(if $(FLAVOUR),$(OBJ),$(BUILD)/nginx-$(NGINX_VERSION))

WARNINGS := -Wall -Wextra -Wpointer-arith -Werror

# a Debian tree says by itself how its nginx was configured

NGINX_FLAGS ?= $(if $(wildcard $(NGINX_SRC)/conf_flags),, \
                   --with-compat --with-threads --with-debug \
                   --with-http_ssl_module --with-http_v2_module \
                   --with-http_auth_request_module \
                   --with-http_realip_module --with-http_stub_status_module \
                   --error-log-path=stderr)

# the nginx that the module is built for

ifeq ($(NGINX_SRC),$(DEBIAN))
NGINX := /usr/sbin/nginx
else ifeq ($(NGINX_SRC),$(BUILD)/debian$(DEBIAN))
NGINX := $(BUILD)/debian/usr/sbin/nginx
else
NGINX := $(OUT)/nginx
endif

MODULES_PATH ?= $(or $(shell sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p' \
                             $(NGINX_SRC)/conf_flags 2>/dev/null), \
                     /usr/local/nginx/modules)

SNIPPETS ?= /usr/share/nginx/modules-available

PREFIX ?= /usr

# PostgreSQL is left out where libpq's header files are not, and with
# LOYALTY_POSTGRESQL=no; PG_INC=/path/include says where else they are

export LOYALTY_POSTGRESQL ?= yes

PG_INC ?= $(patsubst %/libpq-fe.h,%,$(firstword $(wildcard \
              /usr/include/postgresql/libpq-fe.h /usr/include/libpq-fe.h)))

ifeq ($(LOYALTY_POSTGRESQL),no)
override PG_INC :=
endif

PG_FLAGS := $(if $(PG_INC),-I$(PG_INC) -DLOYALTY_POSTGRESQL=1)
PG_LIBS  := $(if $(PG_INC),-lpq)

LIB_DIRS := program db engine answer
LIB_SRCS := $(wildcard $(LIB_DIRS:%=ngx_loyalty_module/%/*.c))
LIB_SRCS := $(if $(PG_INC),$(LIB_SRCS), \
                $(foreach file,$(LIB_SRCS), \
                          $(if $(findstring _postgresql,$(file)),,$(file))))
LIB_OBJS := $(LIB_SRCS:ngx_loyalty_module/%.c=$(OBJ)/lib/%.o)
LIB_INCS := $(LIB_DIRS:%=-Ingx_loyalty_module/%) $(PG_FLAGS)
LIBS     := -lsqlite3 -ljansson -lcrypto $(PG_LIBS) -lpthread

CTL_SRCS := $(wildcard ngx_loyalty_module/ctl/*.c)
CTL_OBJS := $(CTL_SRCS:ngx_loyalty_module/%.c=$(OBJ)/lib/%.o)
CTL_INCS := -Ingx_loyalty_module/ctl

# in tests/unit a file with main() is a test program, the others are shared

UNIT_SRCS   := $(wildcard tests/unit/*.c)
UNIT_SRCS   := $(if $(PG_INC),$(UNIT_SRCS), \
                   $(foreach file,$(UNIT_SRCS), \
                             $(if $(findstring _postgresql,$(file)),,$(file))))
UNIT_MAINS  := $(if $(UNIT_SRCS),$(shell grep -l '^main\>' $(UNIT_SRCS)))
UNIT_SHARED := $(filter-out $(UNIT_MAINS),$(UNIT_SRCS))
UNIT_OBJS   := $(UNIT_SRCS:tests/%.c=$(OBJ)/obj/%.o)
UNITS       := $(UNIT_MAINS:tests/unit/%.c=$(OBJ)/unit/%)

PROPERTY_SRCS := $(wildcard tests/property/*.c)
PROPERTY_OBJS := $(PROPERTY_SRCS:tests/%.c=$(OBJ)/obj/%.o)

# make V=1 shows the commands

Q := $(if $(V),,@)
S := $(if $(V),,-s)

# what is given on the command line is not meant for nginx's own Makefile

MAKEOVERRIDES =


.PHONY: help
help: ## Shows the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile \
	 | while read -r name text; do printf '  %-14s %s\n' $$name "$$text"; done


.PHONY: build
build: module ctl ## Builds build/ngx_http_loyalty_module.so and loyaltyctl
	@cp $(OUT)/$(NAME).so $(BUILD)/.$(NAME).so.new
	@mv -f $(BUILD)/.$(NAME).so.new $(BUILD)/$(NAME).so
	@if [ -x $(NGINX) ]; then ln -sfn $(NGINX) $(BUILD)/nginx; \
	 else rm -f $(BUILD)/nginx; fi
	@echo "$(BUILD)/$(NAME).so is ready for nginx $(NGINX_VERSION)"


.PHONY: module
module: $(OUT)/configured ## Builds it in build/nginx-VERSION only
	$(Q)$(MAKE) $(S) --no-print-directory -C $(OUT)/tree \
	         -f $(OUT)/objs/Makefile modules
	@cmp -s $(OUT)/objs/$(NAME).so $(OUT)/$(NAME).so \
	 || { cp $(OUT)/objs/$(NAME).so $(OUT)/.$(NAME).so.new \
	      && mv -f $(OUT)/.$(NAME).so.new $(OUT)/$(NAME).so; }


.PHONY: nginx
nginx: $(OUT)/configured ## Builds nginx itself from NGINX_SRC, for tests
	$(Q)$(MAKE) $(S) --no-print-directory -C $(OUT)/tree \
	         -f $(OUT)/objs/Makefile binary
	@cmp -s $(OUT)/objs/nginx $(OUT)/nginx \
	 || { cp $(OUT)/objs/nginx $(OUT)/.nginx.new \
	      && mv -f $(OUT)/.nginx.new $(OUT)/nginx; }


# nginx's configure wants to run in the source tree and leaves a Makefile
# there: a tree of links gives it its way and keeps the sources as they are

$(OUT)/configured: config $(OUT)/settings
	@rm -rf $(OUT)/tree $(OUT)/objs $@
	@mkdir -p $(OUT)/tree
	@for file in $(NGINX_SRC)/*; do \
	     case $$file in \
	         */Makefile | */objs) ;; \
	         *) ln -s "$$file" $(OUT)/tree/ ;; \
	     esac; \
	 done
	@echo "configuring nginx $(NGINX_VERSION) in $(OUT)"
	@cd $(OUT)/tree; \
	 NGX_CONF_FLAGS=(); \
	 if [ -f conf_flags ]; then . ./conf_flags; fi; \
	 configure=./configure; \
	 if [ ! -f configure ]; then configure=auto/configure; fi; \
	 env -u CFLAGS $$configure "$${NGX_CONF_FLAGS[@]}" $(NGINX_FLAGS) \
	     --with-cc='$(CC)' --with-cc-opt='$(FLAGS)' \
	     --with-ld-opt='$(LDFLAGS)' \
	     --add-dynamic-module=$(CURDIR) --builddir=$(OUT)/objs \
	     > $(OUT)/configure.log 2>&1 \
	 || { tail -n 9 $(OUT)/configure.log; \
	      echo "configure failed, see $(OUT)/configure.log"; exit 1; }
	@touch $@


$(OUT)/settings: FORCE
	@if [ ! -f $(NGINX_SRC)/src/core/nginx.h ]; then \
	     echo "No nginx sources. Install the package nginx-dev, run" \
	          "\"tests/install-packages demo\"," >&2; \
	     echo "or name a source tree: make build NGINX_SRC=/path." >&2; \
	     exit 1; \
	 fi
	@mkdir -p $(OUT)
	@{ echo '$(CC) $(FLAGS) $(LDFLAGS)'; \
	   echo '$(NGINX_SRC)' $(NGINX_FLAGS); \
	   echo '$(PG_FLAGS)'; \
	   cat $(NGINX_SRC)/conf_flags $(NGINX_SRC)/src/*/*.h \
	       $(NGINX_SRC)/src/*/*/*.h 2>/dev/null | cksum; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@


.PHONY: lib
lib: $(OBJ)/libloyalty.a ## Builds what knows no nginx: build/libloyalty.a


$(OBJ)/libloyalty.a: $(LIB_OBJS)
	@rm -f $@
	@ar rcs $@ $^


$(CTL_OBJS): LIB_INCS += $(CTL_INCS)


$(OBJ)/lib/%.o: ngx_loyalty_module/%.c $(OBJ)/lib/settings
	@mkdir -p $(@D)
	$(Q)$(CC) -c $(WARNINGS) $(FLAGS) -MMD -MP $(LIB_INCS) -o $@ $<


.PHONY: ctl
ctl: $(OBJ)/loyaltyctl ## Builds the command-line tool: build/loyaltyctl


$(OBJ)/loyaltyctl: $(CTL_OBJS) $(OBJ)/libloyalty.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)


# a changed list of files counts like a changed flag

$(OBJ)/lib/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(FLAGS) $(LDFLAGS) $(LIB_SRCS) $(CTL_SRCS) $(UNIT_SRCS) \
	       $(PROPERTY_SRCS)' > $@.new
	@cmp -s $@.new $@ && rm $@.new \
	 || { rm -rf $(OBJ)/unit $(OBJ)/property; mv $@.new $@; }


.PHONY: unit-programs
unit-programs: $(UNITS)


# the tool without its main(), of which the units take what they test

$(OBJ)/libloyaltyctl.a: $(filter-out %/loyaltyctl.o,$(CTL_OBJS))
	@rm -f $@
	@ar rcs $@ $^


$(OBJ)/unit/%: $(OBJ)/obj/unit/%.o \
               $(UNIT_SHARED:tests/%.c=$(OBJ)/obj/%.o) \
               $(OBJ)/libloyaltyctl.a $(OBJ)/libloyalty.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)


.PHONY: property-program
property-program: $(OBJ)/property/stories


$(OBJ)/property/stories: $(PROPERTY_OBJS) \
                         $(UNIT_SHARED:tests/%.c=$(OBJ)/obj/%.o) \
                         $(OBJ)/libloyalty.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)


$(PROPERTY_OBJS): LIB_INCS += -Itests/property


$(OBJ)/obj/%.o: tests/%.c $(OBJ)/lib/settings
	@mkdir -p $(@D)
	$(Q)$(CC) -c $(WARNINGS) $(FLAGS) -MMD -MP $(LIB_INCS) $(CTL_INCS) \
	         -Itests/unit -o $@ $<


.PRECIOUS: $(UNIT_OBJS)


.PHONY: test
test: ## Runs the unit tests and t/ with the installed nginx
	@BUILD=$(BUILD) tests/run --no-install --only unit --only nginx


.PHONY: unit
unit: ## Runs the unit tests
	@BUILD=$(BUILD) tests/run --no-install --only unit


.PHONY: property
property: ## Plays random stories; LOYALTY_SEED=N plays one of them again
	@BUILD=$(BUILD) tests/run --no-install --only property


.PHONY: sanitizers
sanitizers: ## Runs both under AddressSanitizer and UBSan
	@BUILD=$(BUILD) tests/run --no-install --only unit-asan --only nginx-asan


.PHONY: bench
bench: build lib ## Measures: tests/bench/run
	@tests/bench/run


.PHONY: check-style
check-style: ## Checks the C files against nginx's code style
	@tests/style


# the files are replaced by rename: a running nginx has the old one mapped

.PHONY: install
install: build ## Installs both (DESTDIR=, PREFIX=, MODULES_PATH=, SNIPPETS=)
	@install -d $(DESTDIR)$(MODULES_PATH) $(DESTDIR)$(SNIPPETS) \
	            $(DESTDIR)$(PREFIX)/sbin
	@install -m 644 $(BUILD)/$(NAME).so \
	         $(DESTDIR)$(MODULES_PATH)/.$(NAME).so.new
	@mv -f $(DESTDIR)$(MODULES_PATH)/.$(NAME).so.new \
	       $(DESTDIR)$(MODULES_PATH)/$(NAME).so
	@install -m 755 $(OBJ)/loyaltyctl \
	         $(DESTDIR)$(PREFIX)/sbin/.loyaltyctl.new
	@mv -f $(DESTDIR)$(PREFIX)/sbin/.loyaltyctl.new \
	       $(DESTDIR)$(PREFIX)/sbin/loyaltyctl
	@echo "load_module $(MODULES_PATH)/$(NAME).so;" \
	      > $(DESTDIR)$(SNIPPETS)/.mod-http-loyalty.conf.new
	@mv -f $(DESTDIR)$(SNIPPETS)/.mod-http-loyalty.conf.new \
	       $(DESTDIR)$(SNIPPETS)/mod-http-loyalty.conf
	@echo "Installed. Put this line at the top of nginx.conf, or link"
	@echo "$(SNIPPETS)/mod-http-loyalty.conf"
	@echo "into /etc/nginx/modules-enabled, and restart nginx (a reload keeps"
	@echo "the module that is loaded already):"
	@echo "    load_module $(MODULES_PATH)/$(NAME).so;"


.PHONY: clean
clean: ## Removes build/
	@rm -rf $(BUILD)


.PHONY: FORCE
FORCE:


-include $(LIB_OBJS:.o=.d) $(CTL_OBJS:.o=.d) $(UNIT_OBJS:.o=.d) \
         $(PROPERTY_OBJS:.o=.d)
