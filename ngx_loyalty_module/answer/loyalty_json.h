
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_JSON_H_INCLUDED_
#define _LOYALTY_JSON_H_INCLUDED_


#include <loyalty_types.h>


/*
 * A JSON writer: text grows in "data", which belongs to the buffer until
 * loyalty_json_free().  It keeps the commas itself.  When memory runs out it
 * lets go of "data", sets "failed" and ignores what follows, so that one
 * check at the end suffices.  Text must be valid UTF-8, as its callers have
 * checked; keys are written as they are and have nothing to escape.
 */

typedef struct {
    char      *data;
    size_t     len;
    size_t     size;
    unsigned   comma:1;
    unsigned   failed:1;
} loyalty_json_t;


void loyalty_json_init(loyalty_json_t *json);
void loyalty_json_free(loyalty_json_t *json);

/* As if memory had run out: of what should have been written, it has. */
void loyalty_json_fail(loyalty_json_t *json);

void loyalty_json_open(loyalty_json_t *json, char bracket);
void loyalty_json_close(loyalty_json_t *json, char bracket);
void loyalty_json_key(loyalty_json_t *json, const char *key);
void loyalty_json_text(loyalty_json_t *json, loyalty_str_t text);
void loyalty_json_integer(loyalty_json_t *json, int64_t value);
void loyalty_json_bool(loyalty_json_t *json, int value);

/* A whole JSON text that was written before, as it is. */
void loyalty_json_raw(loyalty_json_t *json, loyalty_str_t text);

/*
 * A text put together from pieces: begin, any number of pieces, end.
 */
void loyalty_json_text_begin(loyalty_json_t *json);
void loyalty_json_piece(loyalty_json_t *json, loyalty_str_t text);
void loyalty_json_piece_integer(loyalty_json_t *json, int64_t value);
void loyalty_json_text_end(loyalty_json_t *json);


#endif /* _LOYALTY_JSON_H_INCLUDED_ */
