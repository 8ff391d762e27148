
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TEMPLATE_H_INCLUDED_
#define _LOYALTY_TEMPLATE_H_INCLUDED_


#include <loyalty_types.h>


/*
 * A text with variables in it, such as "You have {points}.", taken apart once
 * so that nobody looks for braces when it is written.
 */

#define LOYALTY_TEMPLATE_PIECES  16

#define LOYALTY_TEMPLATE_END     -1          /* no variable: a literal alone */


/* A literal, which may be empty, and what comes after it. */

typedef struct {
    loyalty_str_t     literal;
    int               variable;              /* its place among the names */
} loyalty_piece_t;


typedef struct {
    loyalty_piece_t   pieces[LOYALTY_TEMPLATE_PIECES];
    size_t            npieces;
} loyalty_template_t;


typedef enum {
    LOYALTY_TEMPLATE_GOOD = 0,
    LOYALTY_TEMPLATE_UNBALANCED,             /* a brace without another */
    LOYALTY_TEMPLATE_UNKNOWN,                /* a variable */
    LOYALTY_TEMPLATE_LONG                    /* too many pieces */
} loyalty_template_e;


/*
 * Takes a text apart, whose bytes the template then points to.  A variable is
 * "{name}", with one of the names (they end with an empty one); "{{" and "}}"
 * are braces that are meant as such.  *wrong is what is wrong with it.
 */
loyalty_template_e loyalty_template_parse(loyalty_template_t *template,
    loyalty_str_t text, const loyalty_str_t *names, loyalty_str_t *wrong);


#endif /* _LOYALTY_TEMPLATE_H_INCLUDED_ */
