'use strict';

/*
 * Shops at the store on STORE_PORT as guests do, over the Shop API, and
 * prints the orders as one JSON object: name -> code, state, total, currency.
 *
 *   node shop.js                  all that the tests want to claim
 *   node shop.js CODE EMAIL PAY   one order with a coupon code: "before" it,
 *                                 "after" it, and with PAY also "order", or
 *                                 the "error" that the store has answered
 */

const { graphql } = require('./graphql');

const shop = `http://127.0.0.1:${process.env.STORE_PORT}/shop-api`;

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';

const RESULT = `{
    ... on Order { code state totalWithTax currencyCode }
    ... on ErrorResult { errorCode message }
}`;


async function addToCart(quantity, currency) {
    const url = `${shop}?currencyCode=${currency}`;
    const cart = {};

    cart.ask = async (query, variables) => {
        const { data, session } = await graphql(url, query, variables,
            cart.session ? { Authorization: `Bearer ${cart.session}` } : {});

        cart.session = session || cart.session;

        return data;
    };

    const { products } = await cart.ask(
        '{ products { items { variants { id } } } }');

    const { addItemToOrder } = await cart.ask(`
        mutation ($variant: ID!, $quantity: Int!) {
            addItemToOrder(productVariantId: $variant, quantity: $quantity)
            ${RESULT}
        }`,
        { variant: products.items[0].variants[0].id, quantity });

    cart.order = addItemToOrder;

    return cart;
}


async function checkOut(cart, emailAddress) {
    const { ask } = cart;

    await ask(`
        mutation ($input: CreateCustomerInput!) {
            setCustomerForOrder(input: $input) ${RESULT}
        }`,
        { input: { firstName: 'A', lastName: 'Shopper', emailAddress } });

    await ask(`
        mutation ($input: CreateAddressInput!) {
            setOrderShippingAddress(input: $input) ${RESULT}
        }`,
        { input: { streetLine1: '1 Main Street', city: 'Springfield',
                   postalCode: '12345', countryCode: 'US' } });

    const { eligibleShippingMethods } = await ask(
        '{ eligibleShippingMethods { id } }');

    await ask(`
        mutation ($id: [ID!]!) {
            setOrderShippingMethod(shippingMethodId: $id) ${RESULT}
        }`,
        { id: [eligibleShippingMethods[0].id] });

    await ask(`
        mutation {
            transitionOrderToState(state: "ArrangingPayment") ${RESULT}
        }`);
}


async function pay(cart, method) {
    const { addPaymentToOrder } = await cart.ask(`
        mutation ($input: PaymentInput!) {
            addPaymentToOrder(input: $input) ${RESULT}
        }`,
        { input: { method, metadata: {} } });

    return addPaymentToOrder;
}


async function buy({ email, quantity = 1, currency = 'USD',
                     method = 'card' }) {
    const cart = await addToCart(quantity, currency);

    await checkOut(cart, email);

    return pay(cart, method);
}


async function buyWithCoupon(couponCode, email, method) {
    const cart = await addToCart(1, 'USD');
    const bought = { before: cart.order };

    try {
        const { applyCouponCode } = await cart.ask(`
            mutation ($couponCode: String!) {
                applyCouponCode(couponCode: $couponCode) ${RESULT}
            }`,
            { couponCode });

        bought.after = applyCouponCode;

    } catch (error) {
        bought.error = error.message;
        return bought;
    }

    if (method) {
        await checkOut(cart, email);
        bought.order = await pay(cart, method);
    }

    return bought;
}


async function orders() {
    return {
        paid: await buy({ email: ADA }),
        later: await buy({ email: ADA, quantity: 3 }),
        unpaid: await buy({ email: ADA, method: 'invoice' }),
        euro: await buy({ email: ADA, currency: 'EUR' }),
        foreign: await buy({ email: BOB, quantity: 2 }),
        foreignUnpaid: await buy({ email: BOB, method: 'invoice' }),
        cart: (await addToCart(1, 'USD')).order,
    };
}


async function main() {
    const [coupon, email, method] = process.argv.slice(2);

    console.log(JSON.stringify(
        coupon ? await buyWithCoupon(coupon, email, method)
               : await orders()));
}


main().catch(error => {
    console.error(error);
    process.exit(1);
});
