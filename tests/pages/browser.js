/*
 * A browser that watches the page: no violation of the Content-Security-
 * Policy, no request to somebody else, no error of a script, and nothing that
 * axe finds.
 */

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { check, none } from './report.js';

/* page.conf as it is, and with "loyalty_auth off" */

export const PAGE = process.env.LOYALTY_PAGE;
export const OPEN_PAGE = process.env.LOYALTY_OPEN_PAGE;

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

const PATIENCE = 20000;
const SHOTS = process.env.LOYALTY_SHOTS;

const AXE = readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');


export async function launch() {
    return chromium.launch({
        executablePath: '/usr/bin/chromium',
        chromiumSandbox: process.getuid() !== 0,
    });
}


/* One person at one machine, with all that went wrong there. */

export class Shopper {
    static async at(browser, name, { address = PAGE, ...options } = {}) {
        const context = await browser.newContext({
            viewport: PHONE, locale: 'en-GB', timezoneId: 'UTC', ...options,
        });

        await context.grantPermissions(['clipboard-read', 'clipboard-write']);
        context.setDefaultTimeout(PATIENCE);

        return new Shopper(name, address, context, await context.newPage());
    }

    constructor(name, address, context, page) {
        this.name = name;
        this.address = address;
        this.context = context;
        this.page = page;
        this.trouble = [];

        const { origin } = new URL(address);

        context.on('request', request => {
            if (new URL(request.url()).origin !== origin) {
                this.trouble.push(`elsewhere: ${request.url()}`);
            }

            /* a signed link has one, and is what somebody has opened */

            if (!request.isNavigationRequest()
                && /@|%40/.test(request.url()))
            {
                this.trouble.push(`an e-mail in ${request.url()}`);
            }
        });

        page.on('pageerror', error => this.trouble.push(String(error)));

        /* that a request failed is for the page to say, not for the console */

        page.on('console', message => {
            if (message.type() === 'error'
                && !/^Failed to load resource/.test(message.text()))
            {
                this.trouble.push(message.text());
            }
        });
    }

    async open(query = '') {
        await this.page.goto(this.address + query);
    }

    $(selector) {
        return this.page.locator(selector);
    }

    async fill(selector, text) {
        await this.$(selector).fill(text);
    }

    async click(selector) {
        await this.$(selector).click();
    }

    /* Waits for it: a condition that never comes is a test that failed. */

    async sees(what, selector, text) {
        const element = this.$(selector).filter({ visible: true })
            .filter(text === undefined ? {} : { hasText: text }).first();

        try {
            await element.waitFor();
            return check(`${this.name}: ${what}`, true);

        } catch {
            const body = await this.page.locator('body').innerText();

            return check(`${this.name}: ${what}`, false,
                         `no ${selector} with ${text} in:\n${body}`);
        }
    }

    /* Keeps what is asked of these addresses waiting until it may go. */

    async hold(addresses) {
        let go;

        const gone = new Promise(resolve => {
            go = resolve;
        });

        await this.page.route(addresses, async route => {
            await gone;
            await route.continue();
        });

        return go;
    }

    async focused() {
        return this.page.evaluate(() => document.activeElement?.id
                                        || document.activeElement?.tagName);
    }

    async settled() {
        await this.page.evaluate(() => Promise.all(document.getAnimations()
            .filter(each => each.effect.getTiming().iterations !== Infinity)
            .map(each => each.finished.catch(() => {}))));
    }

    async isAccessible(state) {
        await this.settled();
        await this.page.evaluate(
            `if (!window.axe) { ${AXE} }`);

        const { violations } = await this.page.evaluate(() =>
            window.axe.run(document, { resultTypes: ['violations'] }));

        none(`${this.name}: axe finds nothing in ${state}`,
             violations.map(({ id, nodes }) =>
                 `${id}: ${nodes.map(node => node.html).join('\n  ')}`));

        await this.shot(state);
    }

    async shot(state, after = 0) {
        if (SHOTS) {
            await this.page.waitForTimeout(after);
            await mkdir(SHOTS, { recursive: true });
            await this.page.screenshot({
                path: join(SHOTS, `${this.name} ${state}.png`
                    .replaceAll(/[^\w.]+/g, '-')),
            });
        }
    }

    async leave() {
        none(`${this.name}: nothing went wrong behind the page`,
             this.trouble);

        await this.context.close();
    }
}


/* What a request did, by the last part of its address. */

export function location(url) {
    return new URL(url).pathname.split('/').at(-1);
}
