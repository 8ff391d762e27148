/*
 * The parts of the page that have to do with no one's points.
 */

import { Fault } from './api.js';
import { say } from './words.js';

const SLOW = 2500;

let busy = false;


export const $ = id => document.getElementById(id);
export const idle = () => !busy;


/* What outlives a reload, unless the browser forbids it. */

export const memory = {
    get(name, store = sessionStorage) {
        try {
            return store.getItem(`loyalty.${name}`) || '';
        } catch {
            return '';
        }
    },

    set(name, value, store = sessionStorage) {
        try {
            if (value) {
                store.setItem(`loyalty.${name}`, value);
            } else {
                store.removeItem(`loyalty.${name}`);
            }
        } catch {
            /* then it is asked for again */
        }
    },
};


export function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);

    element.append(...children.filter(Boolean));

    return element;
}


/* What is shown */

export function show(id) {
    for (const each of ['loading', 'trouble', 'welcome', 'join', 'home']) {
        $(each).hidden = each !== id;
    }
}


export function notice(text) {
    $('notice').classList.toggle('said', text !== '');
    $('notice-text').textContent = text;
    $('notice-close').hidden = text === '';
}


/* Without a fault, what was said before is taken back. */

export function complain(form, fault = { message: '' }) {
    const field = { bad_email: 'email', bad_order: 'order' }[fault.code];

    for (const input of form.querySelectorAll('input')) {
        input.toggleAttribute('aria-invalid', false);

        if (input.name === field) {
            input.setAttribute('aria-invalid', 'true');
            input.focus();
        }
    }

    form.querySelector('.fault').textContent = fault.message;
}


/*
 * Does one thing at a time: a second tap finds the first at work.  What goes
 * wrong is said in "place", which holds a .fault, unless "mend" does better,
 * and returns true.
 */

export async function doing(place, work, mend = () => {}) {
    if (busy) {
        return;
    }

    busy = true;
    place.setAttribute('aria-busy', 'true');
    complain(place);
    notice('');

    const slow = setTimeout(() => {
        place.querySelector('.fault').textContent = say('slow');
    }, SLOW);

    try {
        await work();
        complain(place);

    } catch (fault) {
        if (!(fault instanceof Fault)) {
            throw fault;
        }

        if (!await mend(fault)) {
            complain(place, fault);
        }

    } finally {
        clearTimeout(slow);
        place.removeAttribute('aria-busy');
        busy = false;
    }
}
