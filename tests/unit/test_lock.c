
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <process_fixture.h>
#include <loyalty_clock.h>
#include <loyalty_lock.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>


#define LONG_ENOUGH  60000                       /* ms */


typedef struct {
    loyalty_lock_t  lock;
    volatile int    asking;                      /* who wanted it so far */
    volatile int    turn;                        /* who had it so far */
    int             turns[PROCESSES_MAX];
    int             holders;                     /* at one moment */
    int             sum;
} shared_t;


typedef struct {
    shared_t       *shared;
    processes_t     processes;
} lock_test_t;


static int
start(void **state)
{
    lock_test_t  *test;

    test = calloc(1, sizeof(lock_test_t));
    assert_non_null(test);

    test->shared = shared_memory(sizeof(shared_t));
    *state = test;

    return loyalty_lock_init(&test->shared->lock);
}


static int
end(void **state)
{
    lock_test_t  *test = *state;

    processes_end(&test->processes);
    release_shared_memory(test->shared, sizeof(shared_t));
    free(test);

    return 0;
}


#define lock_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


static int
ask(shared_t *shared)
{
    (void) __atomic_add_fetch(&shared->asking, 1, __ATOMIC_SEQ_CST);

    return loyalty_lock_acquire(&shared->lock, LONG_ENOUGH);
}


static void
take_turn(shared_t *shared, int number)
{
    shared->turns[shared->turn++] = number;
}


/* In a process: waits for the lock, notes its turn and passes it on. */

static int
queue_up(void *data, int number)
{
    lock_test_t  *test = data;

    if (ask(test->shared) != LOYALTY_OK) {
        return 1;
    }

    take_turn(test->shared, number);
    loyalty_lock_release(&test->shared->lock);

    return 0;
}


/* In a process: gets the lock and keeps it until the test goes on. */

static int
hold(void *data, int number)
{
    lock_test_t  *test = data;

    (void) number;

    if (ask(test->shared) != LOYALTY_OK) {
        return 1;
    }

    take_turn(test->shared, number);
    processes_wait(&test->processes);
    loyalty_lock_release(&test->shared->lock);

    return 0;
}


/* Each is in the queue before the next one comes. */

static void
start_queue(lock_test_t *test, int n)
{
    int  number, asking;

    while (n-- > 0) {
        asking = test->shared->asking;
        number = processes_start(&test->processes, queue_up, test);

        await_at_least(&test->shared->asking, asking + 1);
        processes_await_sleep(&test->processes, number);
    }
}


static void
start_holder(lock_test_t *test)
{
    (void) processes_start(&test->processes, hold, test);
    await_at_least(&test->shared->turn, 1);
}


static void
a_free_lock_is_had_at_once(void **state)
{
    int           i;
    lock_test_t  *test = *state;

    for (i = 0; i < 3; i++) {
        assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 0),
                         LOYALTY_OK);
        loyalty_lock_release(&test->shared->lock);
    }
}


static void
without_a_lock_nobody_waits(void **state)
{
    (void) state;

    assert_int_equal(loyalty_lock_acquire(NULL, 0), LOYALTY_OK);
    assert_int_equal(loyalty_lock_acquire(NULL, 0), LOYALTY_OK);

    loyalty_lock_release(NULL);
    loyalty_lock_release(NULL);
}


static void
who_came_first_gets_it_first(void **state)
{
    int           i;
    lock_test_t  *test = *state;

    assert_int_equal(ask(test->shared), LOYALTY_OK);
    start_queue(test, 8);
    loyalty_lock_release(&test->shared->lock);

    processes_join(&test->processes);

    for (i = 0; i < 8; i++) {
        assert_int_equal(test->shared->turns[i], i);
    }
}


static void
who_had_it_queues_up_again(void **state)
{
    int           i;
    lock_test_t  *test = *state;

    assert_int_equal(ask(test->shared), LOYALTY_OK);
    start_queue(test, 5);

    loyalty_lock_release(&test->shared->lock);
    assert_int_equal(ask(test->shared), LOYALTY_OK);
    take_turn(test->shared, 99);
    loyalty_lock_release(&test->shared->lock);

    processes_join(&test->processes);

    for (i = 0; i < 5; i++) {
        assert_int_equal(test->shared->turns[i], i);
    }

    assert_int_equal(test->shared->turns[5], 99);
}


static void
waiting_ends_with_the_time(void **state)
{
    int64_t       before, passed;
    lock_test_t  *test = *state;

    start_holder(test);

    before = loyalty_clock();
    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 120),
                     LOYALTY_ERROR);
    passed = loyalty_clock() - before;

    assert_true(passed >= 110 && passed < LONG_ENOUGH);
}


static void
who_gave_up_can_come_again(void **state)
{
    lock_test_t  *test = *state;

    start_holder(test);

    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 1),
                     LOYALTY_ERROR);

    processes_join(&test->processes);

    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 0),
                     LOYALTY_OK);
    loyalty_lock_release(&test->shared->lock);
}


static void
who_gave_up_is_not_waited_for(void **state)
{
    lock_test_t  *test = *state;

    start_holder(test);

    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 1),
                     LOYALTY_ERROR);
    start_queue(test, 2);

    processes_join(&test->processes);

    assert_int_equal(test->shared->turn, 3);
    assert_int_equal(test->shared->turns[1], 1);
    assert_int_equal(test->shared->turns[2], 2);
}


static void
the_lock_of_a_killed_process_is_free(void **state)
{
    lock_test_t  *test = *state;

    start_holder(test);
    processes_kill(&test->processes, 0);

    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 0),
                     LOYALTY_OK);
    loyalty_lock_release(&test->shared->lock);

    assert_int_equal(loyalty_lock_acquire(&test->shared->lock, 0),
                     LOYALTY_OK);
    loyalty_lock_release(&test->shared->lock);
}


static void
the_lock_of_a_killed_process_goes_to_the_first_in_the_queue(void **state)
{
    lock_test_t  *test = *state;

    start_holder(test);
    start_queue(test, 4);
    processes_kill(&test->processes, 0);

    processes_join(&test->processes);

    assert_int_equal(test->shared->turn, 5);
    assert_int_equal(test->shared->turns[1], 1);
    assert_int_equal(test->shared->turns[2], 2);
    assert_int_equal(test->shared->turns[3], 3);
    assert_int_equal(test->shared->turns[4], 4);
}


static void
a_killed_process_in_the_queue_is_left_out(void **state)
{
    lock_test_t  *test = *state;

    start_holder(test);
    start_queue(test, 3);
    processes_kill(&test->processes, 2);

    processes_join(&test->processes);

    assert_int_equal(test->shared->turn, 3);
    assert_int_equal(test->shared->turns[1], 1);
    assert_int_equal(test->shared->turns[2], 3);
}


static int
count_alone(void *data, int number)
{
    int           i, alone;
    shared_t     *shared;
    lock_test_t  *test = data;

    (void) number;

    shared = test->shared;
    processes_wait(&test->processes);

    for (i = 0; i < 500; i++) {

        if (loyalty_lock_acquire(&shared->lock, LONG_ENOUGH) != LOYALTY_OK) {
            return 1;
        }

        alone = (__atomic_add_fetch(&shared->holders, 1, __ATOMIC_SEQ_CST)
                 == 1);
        shared->sum++;
        (void) __atomic_sub_fetch(&shared->holders, 1, __ATOMIC_SEQ_CST);

        loyalty_lock_release(&shared->lock);

        if (!alone) {
            return 2;
        }
    }

    return 0;
}


static void
one_at_a_time_has_it(void **state)
{
    lock_test_t  *test = *state;

    processes_start_many(&test->processes, 6, count_alone, test);
    processes_join(&test->processes);

    assert_int_equal(test->shared->sum, 6 * 500);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        lock_test(a_free_lock_is_had_at_once),
        lock_test(without_a_lock_nobody_waits),
        lock_test(who_came_first_gets_it_first),
        lock_test(who_had_it_queues_up_again),
        lock_test(waiting_ends_with_the_time),
        lock_test(who_gave_up_can_come_again),
        lock_test(who_gave_up_is_not_waited_for),
        lock_test(the_lock_of_a_killed_process_is_free),
        lock_test(the_lock_of_a_killed_process_goes_to_the_first_in_the_queue),
        lock_test(a_killed_process_in_the_queue_is_left_out),
        lock_test(one_at_a_time_has_it)
    };

    return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
