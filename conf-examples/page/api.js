/*
 * Asks the program's locations, which are beside this page.
 */

import { has, say, spoken } from './words.js';

const PATIENCE = 20000;
const PAUSES = [700, 2500];

/* other names of what a shopper is told in the same words */

const ALIKE = {
    401: 'proof', 403: 'proof', 429: 'busy',
    store_bad_answer: 'store_unavailable',
    store_timeout: 'store_unavailable',
};


export class Fault extends Error {
    constructor(status, problem = {}) {
        super(status !== 401 && status !== 403 && problem.message
              || friendly(status, problem.code));
        this.status = status;
        this.code = problem.code;
    }

    /* not known to us, or not by this e-mail alone */

    get stranger() {
        return this.status === 401 || this.status === 403;
    }

    /* whether asking again can have another answer */

    get passing() {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}


function friendly(status, code) {
    if (status === 0) {
        return say('fault.network');
    }

    const name = [code, ALIKE[code], ALIKE[status]]
        .find(each => each && has(`fault.${each}`));

    return say(`fault.${name || 'other'}`);
}


/*
 * What one location says to these fields.  The e-mail goes along in the body,
 * never in the URL; where there is none, the session's cookie says who it is.
 */

export async function ask(location, fields, key) {
    let answer, data;

    try {
        answer = await fetch(location, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json',
                       ...key && { 'Idempotency-Key': key } },
            body: JSON.stringify({ ...fields, locale: spoken() }),
            cache: 'no-store',
            signal: AbortSignal.timeout(PATIENCE),
        });

        data = answer.status === 204 ? '{}' : await answer.text();

    } catch {
        throw new Fault(0);
    }

    try {
        data = JSON.parse(data);

    } catch {
        throw new Fault(answer.status);
    }

    if (!answer.ok) {
        throw new Fault(answer.status, data);
    }

    return data;
}


/* The same for what only reads: it is tried again by itself. */

export async function read(location, fields) {
    for (const pause of PAUSES) {
        try {
            return await ask(location, fields);

        } catch (fault) {
            if (!fault.passing || !navigator.onLine) {
                throw fault;
            }

            await new Promise(resume => setTimeout(resume, pause));
        }
    }

    return ask(location, fields);
}
