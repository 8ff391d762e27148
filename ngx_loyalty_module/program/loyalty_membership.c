
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_membership.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>


static int loyalty_bought_number(const char *p, const char *last,
    int64_t max, int64_t *number);


int64_t
loyalty_membership_seconds(const loyalty_membership_t *membership,
    int64_t count)
{
    if (count > LOYALTY_MEMBERSHIP_SECONDS_MAX / membership->lasts) {
        return LOYALTY_MEMBERSHIP_SECONDS_MAX;
    }

    return count * membership->lasts;
}


void
loyalty_bought_add(loyalty_bought_t *bought, loyalty_str_t id,
    int64_t seconds, int64_t until_at)
{
    int      n;
    char    *end;
    size_t   room;

    end = bought->text + bought->len;
    room = LOYALTY_BOUGHT_SIZE - bought->len;

    n = snprintf(end, room, "%s%.*s=%" PRId64 "@%" PRId64,
                 (bought->len != 0) ? " " : "", (int) id.len, id.data,
                 seconds, until_at);

    if (n < 0 || (size_t) n >= room) {
        *end = '\0';
        return;
    }

    bought->len += (size_t) n;
}


int
loyalty_bought_next(loyalty_str_t *text, loyalty_str_t *id, int64_t *seconds,
    int64_t *until_at)
{
    const char  *blank, *equal, *at, *last;

    last = text->data + text->len;
    blank = memchr(text->data, ' ', text->len);

    if (blank == NULL) {
        blank = last;

    } else if (blank + 1 == last) {
        return LOYALTY_ERROR;
    }

    equal = memchr(text->data, '=', (size_t) (blank - text->data));

    if (equal == NULL) {
        return LOYALTY_ERROR;
    }

    at = memchr(equal, '@', (size_t) (blank - equal));

    if (at == NULL
        || loyalty_bought_number(equal + 1, at,
                                 LOYALTY_MEMBERSHIP_SECONDS_MAX, seconds)
           != LOYALTY_OK
        || loyalty_bought_number(at + 1, blank, INT64_MAX, until_at)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    id->data = text->data;
    id->len = (size_t) (equal - text->data);

    if (!loyalty_id_valid(*id)) {
        return LOYALTY_ERROR;
    }

    text->data = (blank < last) ? blank + 1 : last;
    text->len = (size_t) (last - text->data);

    return LOYALTY_OK;
}


static int
loyalty_bought_number(const char *p, const char *last, int64_t max,
    int64_t *number)
{
    *number = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p < '0' || *p > '9' || *number > (max - (*p - '0')) / 10) {
            return LOYALTY_ERROR;
        }

        *number = *number * 10 + (*p - '0');
    }

    return (*number > 0) ? LOYALTY_OK : LOYALTY_ERROR;
}


int64_t
loyalty_membership_left(int64_t seconds, int64_t until_at, int64_t now)
{
    if (now >= until_at) {
        return 0;
    }

    return (until_at - now < seconds) ? until_at - now : seconds;
}
