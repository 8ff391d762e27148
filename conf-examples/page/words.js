/*
 * The page's words: texts/LANGUAGE.json, and numbers and dates as that
 * language writes them.
 */

const page = document.documentElement;

let language = page.lang;
let latest = '';
let texts = {};
let plural, figure, date;


export const spoken = () => language;


/* The first of the wanted languages that the page has, or its own. */

export function choose(wanted, offered) {
    return wanted.filter(Boolean)
        .map(tag => tag.toLowerCase().split('-')[0])
        .find(tag => offered.includes(tag)) || language;
}


export async function speak(wanted) {
    latest = wanted;

    const answer = await fetch(`texts/${wanted}.json`);

    if (!answer.ok) {
        throw new Error(`texts/${wanted}.json: ${answer.status}`);
    }

    const its = await answer.json();

    /* somebody has changed their mind meanwhile */

    if (latest !== wanted) {
        return;
    }

    texts = its;
    language = wanted;
    page.lang = wanted;

    /* a country makes dates of its own: en-GB has days before months */

    const local = navigator.languages.find(tag =>
        tag.split('-')[0] === wanted) || wanted;

    plural = new Intl.PluralRules(wanted);
    figure = new Intl.NumberFormat(local);
    date = new Intl.DateTimeFormat(local, { dateStyle: 'medium' });

    for (const element of document.querySelectorAll('[data-t]')) {
        element.textContent = say(element.dataset.t);
    }
}


/* A text with its {variables}; one of several forms where it counts {n}. */

export function say(name, values = {}) {
    let text = texts[name] ?? '';

    if (typeof text === 'object') {
        text = text[plural.select(values.n)] ?? text.other;
    }

    return text.replace(/\{(\w+)\}/g, (_, key) =>
        typeof values[key] === 'number' ? number(values[key]) : values[key]);
}


export const has = name => name in texts;
export const number = n => figure.format(n);
export const points = n => say('points', { n });
export const day = time => date.format(new Date(time));
