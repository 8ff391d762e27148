
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _PROCESS_FIXTURE_H_INCLUDED_
#define _PROCESS_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>

#include <sys/types.h>


#define PROCESSES_MAX  16


/*
 * Processes that a test starts beside itself.  What runs in one must not use
 * cmocka's assertions, which would go on with the tests there: it returns 0
 * or what went wrong.  The zeroed struct has none.
 */

typedef struct {
    int     n;
    pid_t   pids[PROCESSES_MAX];
    int     gate[2];
    int     open;
} processes_t;

typedef int (*process_pt)(void *data, int number);


/* Memory that the test and its processes share, zeroed. */
void *shared_memory(size_t size);

void release_shared_memory(void *memory, size_t size);

/* Starts one more process: its number, from 0 on. */
int processes_start(processes_t *processes, process_pt body, void *data);

void processes_start_many(processes_t *processes, int n, process_pt body,
    void *data);

/* In a process: waits until the test lets all of them go on. */
void processes_wait(processes_t *processes);

void processes_go(processes_t *processes);

/* Lets them go on and fails the test unless each of them returns 0. */
void processes_join(processes_t *processes);

/* Kills one that is expected to be there still. */
void processes_kill(processes_t *processes, int number);

/* Ends what a test has left. */
void processes_end(processes_t *processes);

/* Waits for one to come to rest: in a system call, such as for a lock. */
void processes_await_sleep(processes_t *processes, int number);

/* Waits for another process to change a number in shared memory. */
void await_at_least(volatile int *number, int value);


#endif /* _PROCESS_FIXTURE_H_INCLUDED_ */
