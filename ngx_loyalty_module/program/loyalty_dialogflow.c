
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_dialogflow.h>

#include <jansson.h>


/* Up to it, every whole number is a number of JavaScript. */

#define LOYALTY_DIALOGFLOW_NUMBER_MAX  (INT64_C(1) << 53)


static json_t *loyalty_dialogflow_language(json_t *body,
    loyalty_dialogflow_e edition);
static int loyalty_dialogflow_add(json_t *parameters, const char *name,
    json_t *value);
static json_t *loyalty_dialogflow_whole(json_t *value);


json_t *
loyalty_dialogflow_parameters(json_t *body, loyalty_dialogflow_e edition)
{
    int          rc;
    json_t      *parameters, *given, *value;
    const char  *name;

    parameters = json_object();

    if (parameters == NULL) {
        return NULL;
    }

    given = json_object_get(json_object_get(body,
                                            (edition == LOYALTY_DIALOGFLOW_ES)
                                            ? "queryResult" : "sessionInfo"),
                            "parameters");
    rc = 0;

    json_object_foreach(given, name, value) {
        rc |= loyalty_dialogflow_add(parameters, name, value);
    }

    value = loyalty_dialogflow_language(body, edition);

    if (json_is_string(value) && json_object_get(parameters, "locale") == NULL)
    {
        rc |= loyalty_dialogflow_add(parameters, "locale", value);
    }

    if (rc != 0) {
        json_decref(parameters);
        return NULL;
    }

    return parameters;
}


static json_t *
loyalty_dialogflow_language(json_t *body, loyalty_dialogflow_e edition)
{
    json_t  *place;

    place = (edition == LOYALTY_DIALOGFLOW_ES)
            ? json_object_get(body, "queryResult") : body;

    return json_object_get(place, "languageCode");
}


/* What is not filled in is there, too: as "". */

static int
loyalty_dialogflow_add(json_t *parameters, const char *name, json_t *value)
{
    if (json_is_string(value) && json_string_length(value) == 0) {
        return 0;
    }

    return json_object_set_new(parameters, name,
                               loyalty_dialogflow_whole(value));
}


/* All of its numbers are floats: 1001 may come as 1001.0. */

static json_t *
loyalty_dialogflow_whole(json_t *value)
{
    double   number;
    int64_t  whole;

    if (!json_is_real(value)) {
        return json_incref(value);
    }

    number = json_real_value(value);

    if (number < 0 || number > (double) LOYALTY_DIALOGFLOW_NUMBER_MAX) {
        return json_incref(value);
    }

    whole = (int64_t) number;

    return ((double) whole == number) ? json_integer(whole)
                                      : json_incref(value);
}


loyalty_str_t
loyalty_dialogflow_session(json_t *body)
{
    size_t          i;
    json_t         *session;
    loyalty_str_t   name;

    session = json_object_get(body, "session");

    name.data = json_string_value(session);
    name.len = json_string_length(session);

    if (name.len > LOYALTY_SESSION_MAX) {
        name.len = 0;
    }

    for (i = 0; i < name.len; i++) {

        if (name.data[i] <= ' ' || name.data[i] > '~') {
            name.len = 0;
        }
    }

    return name;
}
