
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>


/*
 * Plays stories, the numbers of which are their seeds, on an engine and on the
 * model.  So many of them share a database, in which they come one after the
 * other; at its end its books must balance.
 */

#define STORIES  25

#define JOBS     64

/* Attempts to tell a story shorter. */

#define ATTEMPTS  1500


static int play_all(uint64_t from, uint64_t to, int jobs);
static int play_some(uint64_t from, uint64_t to, int job, int jobs);
static int play_together(uint64_t from, uint64_t to);
static int play_alone(uint64_t seed, int told);
static int fails(const story_t *story, char *wrong, size_t size, int *step);
static void shorten(story_t *story);
static int simplify(story_t *story, int n);
static void tell(const story_t *story);
static void make(story_t *story, uint64_t seed);
static uint64_t number_of(const char *name, uint64_t otherwise);


static stage_t  stage;


int
main(void)
{
    int       failed;
    uint64_t  from, count;

#if !(LOYALTY_POSTGRESQL)

    if (on_postgresql()) {
        (void) printf("1..0 # SKIP built without libpq\n");
        return 0;
    }

#endif

    if (getenv("LOYALTY_SEED") != NULL) {
        from = number_of("LOYALTY_SEED", 0);
        failed = play_alone(from, 1);

        (void) printf("1..1\n%sok 1 - story %llu\n", failed ? "not " : "",
                      (unsigned long long) from);

        return failed;
    }

    from = number_of("LOYALTY_FIRST_SEED", 0);
    count = number_of("LOYALTY_STORIES", on_postgresql() ? 1500 : 10000);

    failed = play_all(from, from + count,
                      (int) number_of("LOYALTY_JOBS",
                                      (uint64_t) sysconf(
                                          _SC_NPROCESSORS_ONLN)));

    (void) printf("1..1\n%sok 1 - %llu stories on %s, from seed %llu on\n",
                  failed ? "not " : "", (unsigned long long) count,
                  on_postgresql() ? "PostgreSQL" : "SQLite",
                  (unsigned long long) from);

    return failed;
}


static uint64_t
number_of(const char *name, uint64_t otherwise)
{
    const char  *value;

    value = getenv(name);

    return (value != NULL) ? strtoull(value, NULL, 10) : otherwise;
}


static int
play_all(uint64_t from, uint64_t to, int jobs)
{
    int    i, status, failed;
    pid_t  pids[JOBS];

    if (jobs < 1 || jobs > JOBS) {
        jobs = 1;
    }

    for (i = 0; i < jobs; i++) {
        pids[i] = fork();

        if (pids[i] == 0) {
            exit(play_some(from, to, i, jobs));
        }
    }

    failed = 0;

    for (i = 0; i < jobs; i++) {
        failed |= (pids[i] == -1 || waitpid(pids[i], &status, 0) == -1
                   || !WIFEXITED(status) || WEXITSTATUS(status) != 0);
    }

    return failed;
}


static int
play_some(uint64_t from, uint64_t to, int job, int jobs)
{
    uint64_t  shop, first, end;

    for (shop = from / STORIES; shop * STORIES < to; shop++) {

        if (shop % (uint64_t) jobs != (uint64_t) job) {
            continue;
        }

        first = (shop * STORIES > from) ? shop * STORIES : from;
        end = (shop * STORIES + STORIES < to) ? shop * STORIES + STORIES : to;

        if (play_together(first, end) != 0) {
            return 1;
        }
    }

    return 0;
}


static int
play_together(uint64_t from, uint64_t to)
{
    int       failed;
    void     *shop;
    story_t   story;
    uint64_t  seed;

    if (shop_open(&shop) != 0) {
        return 1;
    }

    failed = 0;

    for (seed = from; seed < to && !failed; seed++) {
        make(&story, seed);
        failed = (stage_play(&stage, shop, &story) != -1);
    }

    if (failed) {
        (void) fprintf(stderr, "# %s\n", stage.wrong);
        (void) shop_close(&shop);

        if (play_alone(seed - 1, 0) == 0) {
            (void) fprintf(stderr, "# the story %llu fails after those from "
                           "%llu on only\n", (unsigned long long) (seed - 1),
                           (unsigned long long) from);
        }

        return 1;
    }

    if (shop_close(&shop) == 0) {
        return 0;
    }

    for (seed = from; seed < to; seed++) {
        if (play_alone(seed, 0) != 0) {
            return 1;
        }
    }

    (void) fprintf(stderr, "# the books balance after each of the stories "
                   "%llu to %llu, and not after all of them\n",
                   (unsigned long long) from, (unsigned long long) (to - 1));

    return 1;
}


/* In the order in which they come in a database. */

static void
make(story_t *story, uint64_t seed)
{
    story_make(story, seed, (int) (seed % STORIES));
}


/* Shows a story that fails, as short as it can be told; "told" also others. */

static int
play_alone(uint64_t seed, int told)
{
    int      step;
    char     wrong[512];
    story_t  story;

    make(&story, seed);

    if (!fails(&story, wrong, sizeof(wrong), &step)) {

        if (told) {
            story_print(&story, stderr);
        }

        return 0;
    }

    (void) fprintf(stderr, "\n# The story %llu fails; to see it again:\n"
                   "#     LOYALTY_SEED=%llu tests/run --only property\n",
                   (unsigned long long) seed, (unsigned long long) seed);

    story.nsteps = (step < story.nsteps) ? step + 1 : story.nsteps;

    shorten(&story);
    tell(&story);

    return 1;
}


static void
tell(const story_t *story)
{
    int   step;
    char  wrong[512];

    (void) fails(story, wrong, sizeof(wrong), &step);

    story_print(story, stderr);

    if (step < story->nsteps) {
        (void) fprintf(stderr, "\n# after step %d: %s\n\n", step + 1, wrong);

    } else {
        (void) fprintf(stderr, "\n# at the end: %s\n\n", wrong);
    }
}


static int
fails(const story_t *story, char *wrong, size_t size, int *step)
{
    int    at, bad;
    void  *shop;

    if (shop_open(&shop) != 0) {
        return 1;
    }

    at = stage_play(&stage, shop, story);

    (void) snprintf(wrong, size, "%s", stage.wrong);
    *step = at;

    bad = shop_close(&shop);

    if (at == -1 && bad) {
        (void) snprintf(wrong, size, "the books do not balance");
        *step = story->nsteps;
    }

    return at != -1 || bad;
}


/* Without a step, and with a simpler one or rule, until no attempt helps. */

static void
shorten(story_t *story)
{
    int      i, step, better, attempts;
    char     wrong[512];
    story_t  shorter;

    attempts = 0;

    do {
        better = 0;

        for (i = story->nsteps - 1; i >= 0; i--) {
            shorter = *story;
            shorter.nsteps--;

            memmove(&shorter.steps[i], &shorter.steps[i + 1],
                    (size_t) (shorter.nsteps - i) * sizeof(step_t));

            if (attempts++ < ATTEMPTS
                && fails(&shorter, wrong, sizeof(wrong), &step))
            {
                *story = shorter;
                better = 1;
            }
        }

        for (i = 0; /* void */ ; i++) {
            shorter = *story;

            if (!simplify(&shorter, i)) {
                break;
            }

            if (memcmp(&shorter, story, sizeof(story_t)) != 0
                && attempts++ < ATTEMPTS
                && fails(&shorter, wrong, sizeof(wrong), &step))
            {
                *story = shorter;
                better = 1;
            }
        }

    } while (better);
}


/* The n-th thing that could be left out; returns 0 if there is none. */

static int
simplify(story_t *story, int n)
{
    rules_t  *rules = &story->rules;

    if (n < story->nsteps) {
        story->steps[n].key = 0;
        story->steps[n].together = 0;
        return 1;
    }

    switch (n - story->nsteps) {

    case 0:
        rules->npromotions = 0;
        return 1;

    case 1:
        rules->nbadges = 0;
        return 1;

    case 2:
        rules->referral = 0;
        return 1;

    case 3:
        rules->pending = 0;
        return 1;

    case 4:
        rules->expire = 0;
        rules->inactivity = 0;
        return 1;

    case 5:
        rules->ntiers = 0;
        return 1;

    case 6:
        rules->nmemberships = 0;
        return 1;

    case 7:
        rules->signup_bonus = 0;
        return 1;

    case 8:
        rules->nearns = 1;
        return 1;

    case 9:
        rules->negative = 0;
        return 1;

    case 10:
        rules->streak = 0;
        return 1;

    default:
        return 0;
    }
}
