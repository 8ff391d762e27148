'use strict';

/*
 * One GraphQL call.  Vendure answers 200 to its errors too, either in
 * "errors" or as a result with an "errorCode", so both are raised here.
 */

async function graphql(url, query, variables, headers) {
    const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
    });

    const answer = await response.json();

    if (answer.errors) {
        throw new Error(answer.errors.map(e => e.message).join('; '));
    }

    for (const [name, value] of Object.entries(answer.data)) {
        if (value && value.errorCode) {
            throw new Error(`${name}: ${value.errorCode}: ${value.message}`);
        }
    }

    return {
        data: answer.data,
        session: response.headers.get('vendure-auth-token'),
    };
}

module.exports = { graphql };
