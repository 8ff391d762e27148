
/*
 * Copyright (C) ngx_loyalty contributors
 */


/*
 * To be preloaded: makes every fsync() and fdatasync() LOYALTY_FSYNC_US
 * microseconds slower, as on a disk behind a network.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>


typedef int (*slow_sync_pt)(int fd);


static void slow_sync_init(void) __attribute__((constructor));
static int slow_sync(slow_sync_pt sync, int fd);


static slow_sync_pt     slow_real_fsync;
static slow_sync_pt     slow_real_fdatasync;
static struct timespec  slow_delay;


/* nginx gives its workers an environment of its own: read it before that */

static void
slow_sync_init(void)
{
    long         us;
    const char  *value;

    slow_real_fsync = (slow_sync_pt) dlsym(RTLD_NEXT, "fsync");
    slow_real_fdatasync = (slow_sync_pt) dlsym(RTLD_NEXT, "fdatasync");

    value = getenv("LOYALTY_FSYNC_US");
    us = (value != NULL) ? strtol(value, NULL, 10) : 0;

    slow_delay.tv_sec = us / 1000000;
    slow_delay.tv_nsec = us % 1000000 * 1000;
}


int
fsync(int fd)
{
    return slow_sync(slow_real_fsync, fd);
}


int
fdatasync(int fd)
{
    return slow_sync(slow_real_fdatasync, fd);
}


static int
slow_sync(slow_sync_pt sync, int fd)
{
    struct timespec  left;

    left = slow_delay;

    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
        /* void */
    }

    return sync(fd);
}
