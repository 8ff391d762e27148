
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _JSON_FIXTURE_H_INCLUDED_
#define _JSON_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>

#include <jansson.h>


/* What a command is answered, to be let go of with json_decref(). */

static inline json_t *
answer_to(shop_t *shop, loyalty_command_t *command, loyalty_outcome_e outcome)
{
    json_t  *json;

    shop_expect(shop, command, outcome);

    json = json_loadb(command->json.data, command->json.len, 0, NULL);
    assert_non_null(json);

    return json;
}


static inline int64_t
number(json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));

    return json_integer_value(json_object_get(object, key));
}


static inline const char *
word(json_t *object, const char *key)
{
    const char  *value;

    value = json_string_value(json_object_get(object, key));
    assert_non_null(value);

    return value;
}


static inline size_t
length(json_t *object, const char *key)
{
    return json_array_size(json_object_get(object, key));
}


static inline json_t *
nth(json_t *object, const char *key, size_t n)
{
    return json_array_get(json_object_get(object, key), n);
}


#endif /* _JSON_FIXTURE_H_INCLUDED_ */
