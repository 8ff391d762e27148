
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_batch.h>


#define LOYALTY_BATCH_TRANSACTION  16          /* commands at most */


static loyalty_command_t *loyalty_batch_halve(loyalty_command_t *commands);
static loyalty_command_t *loyalty_batch_merge(loyalty_command_t *one,
    loyalty_command_t *two);
static int loyalty_batch_before(const loyalty_command_t *one,
    const loyalty_command_t *two);


loyalty_command_t *
loyalty_batch_sort(loyalty_command_t *commands)
{
    loyalty_command_t  *half;

    if (commands == NULL || commands->next == NULL) {
        return commands;
    }

    half = loyalty_batch_halve(commands);

    return loyalty_batch_merge(loyalty_batch_sort(commands),
                               loyalty_batch_sort(half));
}


/* Cuts the list in the middle, returns its second half. */

static loyalty_command_t *
loyalty_batch_halve(loyalty_command_t *commands)
{
    loyalty_command_t  *middle, *end;

    middle = commands;

    for (end = commands->next;
         end != NULL && end->next != NULL;
         end = end->next->next)
    {
        middle = middle->next;
    }

    end = middle->next;
    middle->next = NULL;

    return end;
}


/* Of equals, those of the first list come first: as they have arrived. */

static loyalty_command_t *
loyalty_batch_merge(loyalty_command_t *one, loyalty_command_t *two)
{
    loyalty_command_t  *first, **last, **from;

    last = &first;

    while (one != NULL && two != NULL) {
        from = loyalty_batch_before(two, one) ? &two : &one;

        *last = *from;
        last = &(*from)->next;
        *from = (*from)->next;
    }

    *last = (one != NULL) ? one : two;

    return first;
}


static int
loyalty_batch_before(const loyalty_command_t *one,
    const loyalty_command_t *two)
{
    int  alone;

    alone = loyalty_command_alone(one);

    if (alone != loyalty_command_alone(two)) {
        return !alone;
    }

    return loyalty_str_compare(one->email, two->email) < 0;
}


loyalty_command_t *
loyalty_batch_end(loyalty_command_t *first)
{
    unsigned            n;
    loyalty_command_t  *c;

    if (loyalty_command_alone(first)) {
        return first->next;
    }

    c = first;

    for (n = 0; n < LOYALTY_BATCH_TRANSACTION; n++) {

        if (c == NULL || loyalty_command_alone(c)) {
            break;
        }

        c = c->next;
    }

    return c;
}
