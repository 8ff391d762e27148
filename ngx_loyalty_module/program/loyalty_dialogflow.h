
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DIALOGFLOW_H_INCLUDED_
#define _LOYALTY_DIALOGFLOW_H_INCLUDED_


#include <loyalty_types.h>


struct json_t;                           /* of jansson */


typedef enum {
    LOYALTY_DIALOGFLOW_ES = 0,
    LOYALTY_DIALOGFLOW_CX
} loyalty_dialogflow_e;


/* So long is the name of a session at most. */

#define LOYALTY_SESSION_MAX  256


/*
 * The parameters in what Dialogflow sends, as the flat object that everybody
 * else sends: without those that are not filled in, whole numbers as integers,
 * and the language of the talk as "locale" unless there is one.  The caller
 * gets a reference; NULL if memory ran out.
 */
struct json_t *loyalty_dialogflow_parameters(struct json_t *body,
    loyalty_dialogflow_e edition);

/* The name of the session in it, or "" if there is none that could be. */
loyalty_str_t loyalty_dialogflow_session(struct json_t *body);


#endif /* _LOYALTY_DIALOGFLOW_H_INCLUDED_ */
