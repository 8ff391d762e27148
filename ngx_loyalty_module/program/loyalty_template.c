
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_template.h>


static loyalty_template_e loyalty_template_variable(loyalty_str_t *rest,
    const loyalty_str_t *names, int *variable, loyalty_str_t *wrong);


loyalty_template_e
loyalty_template_parse(loyalty_template_t *template, loyalty_str_t text,
    const loyalty_str_t *names, loyalty_str_t *wrong)
{
    size_t               len;
    loyalty_str_t        rest;
    loyalty_piece_t     *piece;
    loyalty_template_e   fault;

    template->npieces = 0;

    for (rest = text; rest.len != 0; /* void */ ) {

        if (template->npieces == LOYALTY_TEMPLATE_PIECES) {
            *wrong = text;
            return LOYALTY_TEMPLATE_LONG;
        }

        piece = &template->pieces[template->npieces++];

        for (len = 0; len < rest.len; len++) {

            if (rest.data[len] == '{' || rest.data[len] == '}') {
                break;
            }
        }

        piece->literal.data = rest.data;
        piece->literal.len = len;
        piece->variable = LOYALTY_TEMPLATE_END;

        rest.data += len;
        rest.len -= len;

        if (rest.len == 0) {
            break;
        }

        if (rest.len > 1 && rest.data[1] == rest.data[0]) {

            /* the first of the two belongs to the literal */

            piece->literal.len++;

            rest.data += 2;
            rest.len -= 2;

            continue;
        }

        fault = loyalty_template_variable(&rest, names, &piece->variable,
                                          wrong);

        if (fault != LOYALTY_TEMPLATE_GOOD) {
            return fault;
        }
    }

    return LOYALTY_TEMPLATE_GOOD;
}


/* What starts with a brace; *rest is what follows. */

static loyalty_template_e
loyalty_template_variable(loyalty_str_t *rest, const loyalty_str_t *names,
    int *variable, loyalty_str_t *wrong)
{
    int            i;
    size_t         len;
    loyalty_str_t  name;

    *wrong = *rest;

    if (rest->data[0] != '{') {
        return LOYALTY_TEMPLATE_UNBALANCED;
    }

    for (len = 1; len < rest->len && rest->data[len] != '}'; len++) {

        if (rest->data[len] == '{') {
            return LOYALTY_TEMPLATE_UNBALANCED;
        }
    }

    if (len == rest->len) {
        return LOYALTY_TEMPLATE_UNBALANCED;
    }

    name.data = rest->data + 1;
    name.len = len - 1;

    rest->data += len + 1;
    rest->len -= len + 1;

    for (i = 0; names[i].len != 0; i++) {

        if (loyalty_str_equal(names[i], name)) {
            *variable = i;
            return LOYALTY_TEMPLATE_GOOD;
        }
    }

    *wrong = name;

    return LOYALTY_TEMPLATE_UNKNOWN;
}
