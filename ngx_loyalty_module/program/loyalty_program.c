
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_program.h>


static const char  loyalty_code_digits[] =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";


int64_t
loyalty_program_worth(const loyalty_program_t *program, int64_t points)
{
    int64_t  whole, rest;

    if (program->value_per == 0) {
        return 0;
    }

    whole = points / program->value_per;
    rest = loyalty_points_share(program->value, points % program->value_per,
                                program->value_per);

    return (whole > (INT64_MAX - rest) / program->value)
           ? INT64_MAX : whole * program->value + rest;
}


const loyalty_reward_t *
loyalty_reward_find(const loyalty_program_t *program, loyalty_str_t id)
{
    size_t  i;

    for (i = 0; i < program->nrewards; i++) {
        if (loyalty_str_equal(program->rewards[i].id, id)) {
            return &program->rewards[i];
        }
    }

    return NULL;
}


const loyalty_store_t *
loyalty_store_find(const loyalty_program_t *program, loyalty_str_t id)
{
    size_t  i;

    if (id.len == 0) {
        return (program->nstores == 1) ? &program->stores[0] : NULL;
    }

    for (i = 0; i < program->nstores; i++) {
        if (loyalty_str_equal(program->stores[i].id, id)) {
            return &program->stores[i];
        }
    }

    return NULL;
}


const loyalty_action_t *
loyalty_action_find(const loyalty_program_t *program, loyalty_str_t id)
{
    size_t  i;

    for (i = 0; i < program->nactions; i++) {
        if (loyalty_str_equal(program->actions[i].id, id)) {
            return &program->actions[i];
        }
    }

    return NULL;
}


const loyalty_membership_t *
loyalty_membership_find(const loyalty_program_t *program, loyalty_str_t id)
{
    size_t  i;

    for (i = 0; i < program->nmemberships; i++) {
        if (loyalty_str_equal(program->memberships[i].id, id)) {
            return &program->memberships[i];
        }
    }

    return NULL;
}


void
loyalty_random_code(const uint8_t *random, size_t len, char *code)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        code[i] = loyalty_code_digits[random[i] & 0x1f];
    }

    code[len] = '\0';
}


loyalty_str_t
loyalty_code_typed(loyalty_str_t text, char *code)
{
    char           c;
    size_t         i;
    loyalty_str_t  typed = { 0, code };

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == ' ') {
            continue;
        }

        if (c >= 'a' && c <= 'z') {
            c = (char) (c - 'a' + 'A');
        }

        code[typed.len++] = (c == 'O') ? '0' : (c == 'I' || c == 'L') ? '1'
                            : c;
    }

    return typed;
}
