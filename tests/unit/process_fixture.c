
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <process_fixture.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>


/* Longer than any test takes: only a hanging one gets there. */

#define PROCESS_SECONDS  120


static void process_run(processes_t *processes, process_pt body, void *data,
    int number);
static int process_status(pid_t pid);
static int process_sleeps(pid_t pid);
static void moment(void);


void *
shared_memory(size_t size)
{
    void  *memory;

    memory = mmap(NULL, size, PROT_READ|PROT_WRITE,
                  MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        abort();
    }

    return memory;
}


void
release_shared_memory(void *memory, size_t size)
{
    (void) munmap(memory, size);
}


int
processes_start(processes_t *processes, process_pt body, void *data)
{
    int    number;
    pid_t  pid;

    assert_in_range(processes->n, 0, PROCESSES_MAX - 1);

    if (!processes->open) {
        assert_int_equal(pipe(processes->gate), 0);
        processes->open = 1;
    }

    number = processes->n;

    pid = fork();
    assert_int_not_equal(pid, -1);

    if (pid == 0) {
        process_run(processes, body, data, number);
    }

    processes->pids[number] = pid;
    processes->n++;

    return number;
}


void
processes_start_many(processes_t *processes, int n, process_pt body,
    void *data)
{
    while (n-- > 0) {
        (void) processes_start(processes, body, data);
    }
}


/* Neither a hanging process nor one without its test may be left over. */

static void
process_run(processes_t *processes, process_pt body, void *data, int number)
{
    (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void) alarm(PROCESS_SECONDS);
    (void) close(processes->gate[1]);

    _exit(body(data, number));
}


void
processes_wait(processes_t *processes)
{
    char     byte;
    ssize_t  n;

    do {
        n = read(processes->gate[0], &byte, 1);
    } while (n < 0 && errno == EINTR);
}


/* All read the end of the pipe when its last writer closes it. */

void
processes_go(processes_t *processes)
{
    if (processes->open) {
        (void) close(processes->gate[0]);
        (void) close(processes->gate[1]);
        processes->open = 0;
    }
}


void
processes_join(processes_t *processes)
{
    int  i, status, failed;

    processes_go(processes);

    failed = 0;

    for (i = 0; i < processes->n; i++) {
        status = process_status(processes->pids[i]);

        if (status != 0) {
            print_error("process %d ended with %d\n", i, status);
            failed = 1;
        }
    }

    processes->n = 0;

    assert_false(failed);
}


/* 0, or what it returned, or the number of the signal, negative. */

static int
process_status(pid_t pid)
{
    int  status;

    if (pid == 0) {
        return 0;
    }

    if (waitpid(pid, &status, 0) != pid) {
        return -1;
    }

    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}


void
processes_kill(processes_t *processes, int number)
{
    pid_t  pid;

    pid = processes->pids[number];
    processes->pids[number] = 0;

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(process_status(pid), -SIGKILL);
}


void
processes_end(processes_t *processes)
{
    int  i;

    for (i = 0; i < processes->n; i++) {

        if (processes->pids[i] != 0) {
            (void) kill(processes->pids[i], SIGKILL);
            (void) process_status(processes->pids[i]);
        }
    }

    processes->n = 0;
    processes_go(processes);
}


void
processes_await_sleep(processes_t *processes, int number)
{
    int  rounds;

    for (rounds = 0; rounds < PROCESS_SECONDS * 1000; rounds++) {

        if (process_sleeps(processes->pids[number])) {
            return;
        }

        moment();
    }

    fail_msg("process %d does not come to rest", number);
}


/* The state stands behind the name, which may have anything in it. */

static int
process_sleeps(pid_t pid)
{
    char   name[64], line[512], *state;
    FILE  *file;

    (void) snprintf(name, sizeof(name), "/proc/%d/stat", (int) pid);

    file = fopen(name, "r");
    assert_non_null(file);

    state = (fgets(line, sizeof(line), file) != NULL) ? strrchr(line, ')')
                                                      : NULL;
    (void) fclose(file);

    return state != NULL && state[1] == ' ' && state[2] == 'S';
}


void
await_at_least(volatile int *number, int value)
{
    int  rounds;

    for (rounds = 0; rounds < PROCESS_SECONDS * 1000; rounds++) {

        if (__atomic_load_n(number, __ATOMIC_SEQ_CST) >= value) {
            return;
        }

        moment();
    }

    fail_msg("%d instead of %d, after a long wait", *number, value);
}


static void
moment(void)
{
    struct timespec  ts = { 0, 1000000 };

    (void) nanosleep(&ts, NULL);
}
