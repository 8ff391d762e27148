/*
 * What holds for each page of conf-examples: it is valid, and all that it
 * loads is beside it.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { HtmlValidate } from 'html-validate';

import { none } from './report.js';


export async function sound(folder, ...styles) {
    const text = name => readFileSync(join(folder, name), 'utf8');
    const html = text('index.html');

    const { results } = await new HtmlValidate({
        extends: ['html-validate:recommended', 'html-validate:a11y'],
    }).validateString(html);

    none('index.html is valid', results.flatMap(result =>
        result.messages.map(each =>
            `${each.line}: ${each.message} (${each.ruleId})`)));

    none('no style and no script stand in it',
         html.match(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/g) || []);

    none('nothing comes from elsewhere', ['index.html', ...styles].filter(
        name => /(src|href)="\w*:?\/\/|url\(|@import/.test(text(name))));
}
