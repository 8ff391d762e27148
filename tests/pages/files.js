/*
 * The files of the page by themselves: valid, small, and complete in each
 * language.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { sound } from './html.js';
import { check, none, same } from './report.js';

const KILO = 1000;
const LIMIT = 60 * KILO;

const CHECKOUT = process.env.LOYALTY_CHECKOUT;
const PAGE = join(CHECKOUT, 'conf-examples/page');

/* what only a developer's mistake leads to: the page says that it failed */

const DEVELOPERS = ['bad_request', 'bad_action', 'bad_coupon', 'bad_reward',
    'bad_signature', 'unauthorized', 'forbidden', 'action_not_found',
    'method_not_allowed', 'action_limit', 'action_already_rewarded',
    'too_large', 'unsupported_media_type', 'idempotency_key_reused'];

/* what the server says itself: no link leads to it */

const SAID = ['bad_link', 'bad_order', 'reward_not_found', 'coupon_not_found',
    'not_enough_points', 'out_of_stock', 'reward_limit', 'reward_not_offered',
    'coupon_used_before', 'coupon_expired', 'coupon_cancelled',
    'coupon_refused', 'coupon_not_cancellable'];

/* those that are told as another one is */

const ALIKE = ['store_bad_answer', 'store_timeout'];


const text = name => readFileSync(join(PAGE, name), 'utf8');
const html = text('index.html');
const scripts = readdirSync(PAGE).filter(name => name.endsWith('.js'));
const languages = readdirSync(join(PAGE, 'texts')).sort();
const texts = Object.fromEntries(languages.map(file =>
    [file.replace('.json', ''), JSON.parse(text(`texts/${file}`))]));


/* From the first look to a coupon, with all that is loaded on the way. */

function small() {
    const own = ['index.html', 'loyalty.css', 'brand.css', 'logo.svg',
                 ...scripts];

    for (const language of languages) {
        const files = [...own, `texts/${language}`].map(text);
        const sum = size => files.reduce((all, file) => all + size(file), 0);

        const raw = sum(file => Buffer.byteLength(file));
        const sent = sum(file => gzipSync(file, { level: 1 }).length);

        check(`a visit with ${language} has less than ${LIMIT} bytes`,
              raw < LIMIT, `${raw} bytes`);
        check(`a visit with ${language}, as it is sent, has less than `
              + `${LIMIT / 2} bytes`, sent < LIMIT / 2, `${sent} bytes`);
    }
}


/* What draws the QR codes is that package, as the lock file has it. */

function borrowed() {
    const home = dirname(createRequire(import.meta.url).resolve('lean-qr'));

    const its = name => readFileSync(join(home, name), 'utf8');
    const { version } = JSON.parse(its('package.json'));

    for (const [here, there] of [['lean-qr.js', 'index.mjs'],
                                 ['lean-qr.LICENSE.txt', 'LICENSE']])
    {
        check(`${here} is what its authors wrote`, text(here) === its(there));
    }

    for (const name of ['qr.js', 'README.md']) {
        check(`${name} says that it is lean-qr ${version}`,
              text(name).includes(`lean-qr ${version}`));
    }
}


/* {n} and its like, each once */

function variables(entry) {
    const forms = typeof entry === 'string' ? [entry] : Object.values(entry);

    return forms.map(form => [...new Set(form.match(/\{\w+\}/g))].sort()
        .join(' '));
}


function complete() {
    const names = Object.keys(texts.en);

    for (const [language, its] of Object.entries(texts)) {
        same(`${language} has the keys of en`, Object.keys(its), names);

        none(`${language} has the variables of en`, names.filter(name =>
            its[name] && variables(its[name])
                .some(each => each !== variables(texts.en[name])[0])));

        none(`${language} has the forms of its plurals`, names.filter(name =>
            typeof its[name] === 'object' &&
            new Intl.PluralRules(language).resolvedOptions().pluralCategories
                .some(form => !its[name][form])));

        none(`${language} leaves nothing empty`, names.filter(name =>
            Object.values(Object(its[name])).join('').trim() === ''));
    }

    same('the page offers the languages that it has',
         [...html.matchAll(/<option value="(\w+)" lang="\1">/g)]
             .map(match => match[1]).sort(), Object.keys(texts).sort());
}


function used() {
    const code = scripts.map(text).join('\n');
    const shown = [...html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)];

    none('what index.html says is what en.json says', shown.filter(
        ([, name, said]) => texts.en[name] !== said).map(match => match[1]));

    const asked = [...code.matchAll(/(?:say|has)\(\s*'([^']+)'/g),
                   ...shown].map(match => match[1]);

    none('no text is missing',
         asked.filter(name => !(name in texts.en)));

    /* those of which the code only has the beginning */

    const families = [...code.matchAll(/`(\w+)\.\$\{/g)]
        .map(match => match[1]);

    none('no text is too many', Object.keys(texts.en).filter(name =>
        !asked.includes(name) && !families.includes(name.split('.')[0])));
}


/* The tables of docs/api.md: what the API can say, the page can say. */

function told() {
    const api = readFileSync(join(CHECKOUT, 'docs/api.md'), 'utf8');

    const faults = [...api.matchAll(/^\| [45]\d\d \| ([^|]+) \|/gm)]
        .flatMap(match => match[1].match(/\w+/g));

    check('docs/api.md has its faults', faults.length > 30);

    none('each fault of the API has a text', faults.filter(code =>
        ![...DEVELOPERS, ...ALIKE, ...SAID].includes(code) &&
        !(`fault.${code}` in texts.en)));

    const kinds = api.match(/^\| `kind` \|.*$/m)[0]
        .replace(/\([^)]*\)/g, '').match(/`\w+`/g).slice(1);

    none('each kind of entry has a text', kinds.filter(kind =>
        !(`kind.${kind.replaceAll('`', '')}` in texts.en)));
}


export async function files() {
    await sound(PAGE, 'loyalty.css', 'brand.css');
    small();
    borrowed();
    complete();
    used();
    told();
}
