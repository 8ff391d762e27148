'use strict';

/*
 * Runs a Vendure store on 127.0.0.1, with its database in one file.
 *
 *   STORE_PORT  the port to listen on
 *   STORE_DIR   the folder for vendure.db, api.key and ready
 *
 * The first start fills the store: one product priced in dollars and euros,
 * one way to ship, a payment method that settles at once and one that only
 * authorizes, and an Admin API key that may read orders, and make and read
 * promotions, and nothing else.
 * The file "ready" appears when the store serves.  The store ends when its
 * standard input does, so that it cannot outlive whoever started it.
 */

process.env.VENDURE_DISABLE_TELEMETRY = 'true';

const fs = require('node:fs');
const path = require('node:path');

const {
    bootstrap,
    DefaultLogger,
    dummyPaymentHandler,
    LogLevel,
} = require('@vendure/core');
const { populateInitialData } = require('@vendure/core/cli');

const { graphql } = require('./graphql');

const port = Number(process.env.STORE_PORT);
const dir = process.env.STORE_DIR;

const databaseFile = path.join(dir, 'vendure.db');
const keyFile = path.join(dir, 'api.key');
const readyFile = path.join(dir, 'ready');

const admin = `http://127.0.0.1:${port}/admin-api`;

const superadmin = { identifier: 'superadmin', password: 'superadmin' };

const config = {
    apiOptions: { port, hostname: '127.0.0.1' },
    authOptions: {
        tokenMethod: ['bearer', 'api-key'],
        superadminCredentials: superadmin,
    },
    dbConnectionOptions: {
        type: 'sqljs',
        location: databaseFile,
        autoSave: true,
        autoSaveCallback: save,
        synchronize: true,
    },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
};

const pay = (name, settles) => ({
    name,
    handler: {
        code: dummyPaymentHandler.code,
        arguments: [{ name: 'automaticSettle', value: String(settles) }],
    },
});

const initialData = {
    defaultLanguage: 'en',
    defaultZone: 'Americas',
    countries: [{ code: 'US', name: 'United States', zone: 'Americas' }],
    taxRates: [{ name: 'Standard Tax', percentage: 20 }],
    shippingMethods: [{ name: 'Parcel', price: 500 }],
    paymentMethods: [pay('Card', true), pay('Invoice', false)],
    collections: [],
};


/* At once and whole, because the store may be ended at any moment. */

function save(database) {
    fs.writeFileSync(`${databaseFile}.new`, database);
    fs.renameSync(`${databaseFile}.new`, databaseFile);
}


async function fill(app) {
    await populateInitialData(app, initialData);

    const login = await graphql(admin, `
        mutation ($username: String!, $password: String!) {
            login(username: $username, password: $password) {
                ... on CurrentUser { id }
                ... on ErrorResult { errorCode message }
            }
        }`,
        { username: superadmin.identifier, password: superadmin.password });

    const ask = async (query, variables) =>
        (await graphql(admin, query, variables,
                       { Authorization: `Bearer ${login.session}` })).data;

    await sellInTwoCurrencies(ask);
    await addProduct(ask);
    await writeKey(ask);
}


async function sellInTwoCurrencies(ask) {
    const { activeChannel } = await ask('{ activeChannel { id } }');

    await ask(`
        mutation ($input: UpdateChannelInput!) {
            updateChannel(input: $input) {
                ... on Channel { id }
                ... on ErrorResult { errorCode message }
            }
        }`,
        { input: { id: activeChannel.id, defaultCurrencyCode: 'USD',
                   availableCurrencyCodes: ['USD', 'EUR'] } });
}


async function addProduct(ask) {
    const { taxCategories } = await ask('{ taxCategories { items { id } } }');

    const { createProduct } = await ask(`
        mutation ($input: CreateProductInput!) {
            createProduct(input: $input) { id }
        }`,
        { input: { enabled: true,
                   translations: [{ languageCode: 'en', name: 'Apron',
                                    slug: 'apron', description: '' }] } });

    const { createProductVariants } = await ask(`
        mutation ($input: [CreateProductVariantInput!]!) {
            createProductVariants(input: $input) { id }
        }`,
        { input: [{ productId: createProduct.id, sku: 'APRON-1',
                    stockOnHand: 1000,
                    taxCategoryId: taxCategories.items[0].id,
                    translations: [{ languageCode: 'en',
                                     name: 'Apron' }] }] });

    /* createProductVariants takes "prices" and forgets them */

    await ask(`
        mutation ($input: [UpdateProductVariantInput!]!) {
            updateProductVariants(input: $input) { id }
        }`,
        { input: [{ id: createProductVariants[0].id,
                    prices: [{ currencyCode: 'USD', price: 4549 },
                             { currencyCode: 'EUR', price: 3999 }] }] });
}


async function writeKey(ask) {
    const { createRole } = await ask(`
        mutation ($input: CreateRoleInput!) {
            createRole(input: $input) { id }
        }`,
        { input: { code: 'loyalty', description: 'Loyalty program',
                   permissions: ['ReadOrder', 'ReadPromotion',
                                 'CreatePromotion'] } });

    const { createApiKey } = await ask(`
        mutation ($input: CreateApiKeyInput!) {
            createApiKey(input: $input) { apiKey }
        }`,
        { input: { roleIds: [createRole.id],
                   translations: [{ languageCode: 'en',
                                    name: 'Loyalty' }] } });

    fs.writeFileSync(keyFile, createApiKey.apiKey, { mode: 0o600 });
}


async function main() {
    process.stdin.resume().on('end', () => process.exit(0));

    const first = !fs.existsSync(keyFile);

    const app = await bootstrap(config);

    if (first) {
        await fill(app);
    }

    fs.writeFileSync(readyFile, '');
}


main().catch(error => {
    console.error(error);
    process.exit(1);
});
