
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_command.h>

#include <stdlib.h>
#include <string.h>


typedef struct {
    unsigned  writes:1;
    unsigned  takes:1;
    unsigned  alone:1;
} loyalty_trait_t;


static int loyalty_command_replied(const loyalty_command_t *command);


static const loyalty_trait_t  loyalty_traits[LOYALTY_COMMANDS] = {
    [LOYALTY_COMMAND_SIGNUP] = { .writes = 1 },
    [LOYALTY_COMMAND_CLAIM] = { .writes = 1, .takes = 1 },
    [LOYALTY_COMMAND_BALANCE] = { .writes = 0 },
    [LOYALTY_COMMAND_REDEEM] = { .writes = 1, .takes = 1, .alone = 1 },
    [LOYALTY_COMMAND_ACTION] = { .writes = 1, .takes = 1 },
    [LOYALTY_COMMAND_HISTORY] = { .writes = 0 },
    [LOYALTY_COMMAND_COUPON] = { .writes = 0 },
    [LOYALTY_COMMAND_USE] = { .writes = 1, .alone = 1 },
    [LOYALTY_COMMAND_CANCEL] = { .writes = 1, .takes = 1, .alone = 1 },
    [LOYALTY_COMMAND_ORDER_EVENT] = { .writes = 1, .takes = 1, .alone = 1 },
    [LOYALTY_COMMAND_LEADERBOARD] = { .writes = 0 },
    [LOYALTY_COMMAND_CONCLUDE] = { .writes = 1, .takes = 1, .alone = 1 },
    [LOYALTY_COMMAND_ERRAND] = { .writes = 1, .alone = 1 },
    [LOYALTY_COMMAND_COMPLETE] = { .writes = 1, .takes = 1, .alone = 1 },
    [LOYALTY_COMMAND_RECOGNIZE] = { .writes = 0 },
    [LOYALTY_COMMAND_REPORT] = { .writes = 0 }
};


int
loyalty_command_writes(const loyalty_command_t *command)
{
    if (command->idempotency_key.len != 0 && !command->admission) {

        /* at least its answer is written down */

        return 1;
    }

    return loyalty_traits[command->kind].writes
           && loyalty_command_replied(command);
}


int
loyalty_command_takes(const loyalty_command_t *command)
{
    return loyalty_traits[command->kind].takes
           && loyalty_command_replied(command);
}


/*
 * A claim changes nothing before the store has said that it is good, unless it
 * is postponed, or was.
 */

static int
loyalty_command_replied(const loyalty_command_t *command)
{
    return !command->admission
           && (command->order_fault == LOYALTY_NO_FAULT || command->waits
               || command->kind == LOYALTY_COMMAND_COMPLETE
               || loyalty_command_postpones(command));
}


int
loyalty_command_postpones(const loyalty_command_t *command)
{
    return command->kind == LOYALTY_COMMAND_CLAIM && command->postpone != 0
           && (command->order_fault == LOYALTY_STORE_UNAVAILABLE
               || command->order_fault == LOYALTY_STORE_TIMEOUT);
}


int
loyalty_command_alone(const loyalty_command_t *command)
{
    return loyalty_traits[command->kind].alone;
}


int64_t
loyalty_command_number(loyalty_str_t text, int64_t otherwise, int64_t max)
{
    size_t   i;
    int64_t  number;

    if (text.len == 0) {
        return otherwise;
    }

    number = 0;

    for (i = 0; i < text.len && number <= max; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        number = number * 10 + (text.data[i] - '0');
    }

    return (number <= max) ? number : 0;
}


int
loyalty_command_render(const loyalty_program_t *program,
    loyalty_command_t *command)
{
    command->status = loyalty_format_status(command->format,
                                            command->result.outcome);

    return loyalty_format_render(command->format, program, &command->result,
                                 &command->json);
}


void
loyalty_command_read_order(loyalty_command_t *command,
    const loyalty_program_t *program)
{
    static const loyalty_outcome_e  faults[] = {
        [LOYALTY_VERDICT_GOOD] = LOYALTY_NO_FAULT,
        [LOYALTY_VERDICT_NOT_FOUND] = LOYALTY_ORDER_NOT_FOUND,
        [LOYALTY_VERDICT_NOT_PAID] = LOYALTY_ORDER_NOT_PAID,
        [LOYALTY_VERDICT_WRONG_CURRENCY] = LOYALTY_WRONG_CURRENCY,
        [LOYALTY_VERDICT_BAD_ANSWER] = LOYALTY_STORE_BAD_ANSWER
    };

    int                       event;
    loyalty_str_t             email;
    const loyalty_store_t    *store;
    loyalty_order_verdict_e   verdict;

    if (command->order_fault != LOYALTY_NO_FAULT) {
        return;
    }

    event = (command->kind == LOYALTY_COMMAND_ORDER_EVENT);
    email = command->email;

    if (event) {

        /* whosever it is: nobody asks for himself */

        email.len = 0;
    }

    store = loyalty_store_find(program, command->store);

    if (store == NULL) {
        return;
    }

    verdict = loyalty_order_read(store, program, command->order, email,
                                 command->order_body, &command->facts,
                                 command->why);

    if (event && verdict == LOYALTY_VERDICT_NOT_PAID) {

        /* so is one that was paid back */

        return;
    }

    command->order_fault = faults[verdict];
}


void
loyalty_command_be_discreet(loyalty_command_t *command)
{
    loyalty_result_t  *result = &command->result, whole = *result;

    if (!command->discreet
        || (whole.outcome != LOYALTY_ALREADY_MEMBER
            && whole.outcome != LOYALTY_CLAIM_PENDING))
    {
        return;
    }

    memset(result, 0, sizeof(loyalty_result_t));

    result->outcome = whole.outcome;
    result->locale = whole.locale;
    result->now = whole.now;
    result->email = whole.email;
    result->order = whole.order;
    result->session = whole.session;
    result->anonymous = whole.anonymous;
    result->discreet = 1;
}


void
loyalty_command_let_go(loyalty_command_t *command)
{
    loyalty_past_t  *past;

    while (command->result.history != NULL) {
        past = command->result.history;
        command->result.history = past->next;

        free(past);
    }

    free(command->result.leaders);

    command->result.leaders = NULL;
    command->result.nleaders = 0;

    if (command->result.figures != NULL) {
        free(command->result.figures->shelves);
        free(command->result.figures);
    }

    command->result.figures = NULL;
}


void
loyalty_command_reset(loyalty_command_t *command)
{
    loyalty_command_let_go(command);
    loyalty_json_free(&command->json);
    memset(&command->result, 0, sizeof(loyalty_result_t));
    memset(&command->member, 0, sizeof(loyalty_member_t));

    command->result.email = command->email;
    command->result.order = command->order;
    command->result.locale = loyalty_locale_of(command->locale);
    command->result.session = command->session;
    command->decided = 0;
    command->replayed = 0;
    command->ended = 0;
    command->status = 0;
}
