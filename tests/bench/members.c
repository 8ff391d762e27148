
/*
 * Copyright (C) ngx_loyalty contributors
 */


/*
 * Makes a database with many members, each with the points of the sign-up:
 *
 *     members URI N
 *
 * The module's own engine signs them up.  The e-mails are
 * shopper10000000@example.com and so on, in random order, so that neighbours
 * in the index are far apart in the table, as in life.
 */


#include <loyalty_engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define MEMBERS_FIRST      10000000
#define MEMBERS_MAX        9000000
#define MEMBERS_TOGETHER   100000           /* in one transaction */
#define MEMBERS_YEAR       (365 * 24 * 3600)
#define MEMBERS_EMAIL_SIZE 64

#define MEMBERS_CACHE      (1024 * 1024 * 1024)


typedef struct {
    loyalty_command_t  *commands;
    char              (*emails)[MEMBERS_EMAIL_SIZE];
    int                *numbers;            /* of the members, shuffled */
    int                 n;
} members_t;


static int members_make(loyalty_engine_t *engine, members_t *members);
static int members_sign_up(loyalty_engine_t *engine, members_t *members,
    int first, int n, time_t when);
static int members_alloc(members_t *members);
static void members_free(members_t *members);
static void members_shuffle(members_t *members);
static uint64_t members_random(void);


static const loyalty_program_t  members_program = {
    .name = loyalty_string("bench"),
    .currency = loyalty_string("USD"),
    .exponent = 2,
    .signup_bonus = 50
};


int
main(int argc, char **argv)
{
    int                    rc;
    members_t              members;
    loyalty_engine_t      *engine;
    loyalty_engine_conf_t  conf;

    memset(&conf, 0, sizeof(conf));
    memset(&members, 0, sizeof(members));

    members.n = (argc == 3) ? atoi(argv[2]) : 0;

    if (members.n <= 0 || members.n > MEMBERS_MAX) {
        (void) fprintf(stderr, "usage: members URI N (up to %d)\n",
                       MEMBERS_MAX);
        return 2;
    }

    conf.program = &members_program;
    conf.uri = argv[1];
    conf.timeout = 1000;
    conf.cache = MEMBERS_CACHE;

    engine = loyalty_engine_create(&conf);
    rc = LOYALTY_ERROR;

    if (engine != NULL && members_alloc(&members) == LOYALTY_OK) {
        rc = members_make(engine, &members);
    }

    /* the last connection to close writes the log back into the database */

    loyalty_engine_destroy(engine);
    members_free(&members);

    return (rc == LOYALTY_OK) ? 0 : 1;
}


static int
members_make(loyalty_engine_t *engine, members_t *members)
{
    int     first, n;
    time_t  now, ago;

    members_shuffle(members);

    now = time(NULL);

    for (first = 0; first < members->n; first += n) {
        n = members->n - first;

        if (n > MEMBERS_TOGETHER) {
            n = MEMBERS_TOGETHER;
        }

        ago = (time_t) MEMBERS_YEAR * (members->n - first) / members->n;

        if (members_sign_up(engine, members, first, n, now - ago)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
members_sign_up(loyalty_engine_t *engine, members_t *members, int first,
    int n, time_t when)
{
    int                 i, rc;
    loyalty_command_t  *c;

    for (i = 0; i < n; i++) {
        c = &members->commands[i];

        memset(c, 0, sizeof(loyalty_command_t));

        c->next = (i + 1 < n) ? c + 1 : NULL;
        c->kind = LOYALTY_COMMAND_SIGNUP;
        c->email.data = members->emails[i];
        c->email.len = snprintf(members->emails[i], MEMBERS_EMAIL_SIZE,
                                "shopper%d@example.com",
                                MEMBERS_FIRST
                                + members->numbers[first + i]);
    }

    (void) loyalty_engine_run(engine, members->commands, when);

    rc = LOYALTY_OK;

    for (i = 0; i < n; i++) {
        c = &members->commands[i];

        if (c->result.outcome != LOYALTY_SIGNED_UP) {
            rc = LOYALTY_ERROR;
        }

        loyalty_json_free(&c->json);
    }

    if (rc != LOYALTY_OK) {
        (void) fprintf(stderr, "members: not signed up: %s\n",
                       loyalty_engine_error(engine));
    }

    return rc;
}


static int
members_alloc(members_t *members)
{
    members->commands = calloc(MEMBERS_TOGETHER, sizeof(loyalty_command_t));
    members->emails = calloc(MEMBERS_TOGETHER, MEMBERS_EMAIL_SIZE);
    members->numbers = calloc(members->n, sizeof(int));

    if (members->commands == NULL || members->emails == NULL
        || members->numbers == NULL)
    {
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static void
members_free(members_t *members)
{
    free(members->commands);
    free(members->emails);
    free(members->numbers);
}


static void
members_shuffle(members_t *members)
{
    int  i, j;

    for (i = 0; i < members->n; i++) {
        j = (int) (members_random() % (unsigned) (i + 1));

        members->numbers[i] = members->numbers[j];
        members->numbers[j] = i;
    }
}


/* The same order each time: xorshift64 (Marsaglia). */

static uint64_t
members_random(void)
{
    static uint64_t  state = UINT64_C(88172645463325252);

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state >> 11;
}
