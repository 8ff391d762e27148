/*
 * The page's words, texts.json, and numbers and dates as English has them, in
 * the country that the browser is set to.
 */

const local = navigator.languages.find(tag => /^en\b/.test(tag)) || 'en';

const figure = new Intl.NumberFormat(local);
const share = new Intl.NumberFormat(local, { style: 'percent' });
const date = new Intl.DateTimeFormat(local, {
    dateStyle: 'medium', timeZone: 'UTC',
});
const short = new Intl.DateTimeFormat(local, {
    month: 'short', day: 'numeric', timeZone: 'UTC',
});
const month = new Intl.DateTimeFormat(local, {
    month: 'short', year: 'numeric', timeZone: 'UTC',
});
const time = new Intl.DateTimeFormat(local, {
    dateStyle: 'medium', timeStyle: 'short',
});

let texts = {};


export async function learn() {
    const answer = await fetch('texts.json');

    if (!answer.ok) {
        throw new Error(`texts.json: ${answer.status}`);
    }

    texts = await answer.json();

    for (const element of document.querySelectorAll('[data-t]')) {
        element.textContent = say(element.dataset.t);
    }
}


/* A text with its {variables}. */

export function say(name, values = {}) {
    return texts[name].replace(/\{(\w+)\}/g, (_, key) =>
        typeof values[key] === 'number' ? number(values[key]) : values[key]);
}


export const number = n => figure.format(n);
export const percent = n => share.format(n / 100);
export const day = when => date.format(new Date(when));
export const shortly = when => short.format(new Date(when));
export const monthOf = when => month.format(new Date(when));
export const moment = when => time.format(new Date(when));
