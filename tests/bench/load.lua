-- What wrk asks for: load.lua KIND KEY FIRST_ORDER MEMBERS STRIDE
--
-- KIND is one of
--     static    nginx's return, with the bytes of a balance answer
--     balance   the balance of another member each time
--     proxied   the store's answer, by proxy_pass
--     claim     a fresh order for another member each time
--     mixed     one claim, three balances and so on
--
-- Each request of a kind has the same length.  STRIDE has no divisor in
-- common with MEMBERS: a member comes again only after all the others.

local FIRST_MEMBER = 10000000

local n, members, stride
local get, post = {}, {}
local kinds = {}


local function member(i)
    return FIRST_MEMBER + i * stride % members
end


local function body(order, number)
    return '{"order":"' .. order .. '","email":"shopper' .. number
           .. '@example.com"}'
end


local function prepare(key)
    local head = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                 .. key .. "\r\n"
    local tail = head .. "Content-Type: application/json\r\nContent-Length: "
                 .. #body(n, member(n)) .. "\r\n\r\n"

    get.balance = "GET /loyalty/balance?email=shopper"
    get.static  = "GET /returns/balance?email=shopper"
    get.tail    = "@example.com" .. head .. "\r\n"

    post.claim   = "POST /loyalty/claim" .. tail
    post.proxied = "POST /proxied/claim" .. tail
end


function kinds.static()
    n = n + 1
    return get.static .. member(n) .. get.tail
end


function kinds.balance()
    n = n + 1
    return get.balance .. member(n) .. get.tail
end


function kinds.proxied()
    n = n + 1
    return post.proxied .. body(n, member(n))
end


function kinds.claim()
    n = n + 1
    return post.claim .. body(n, member(n))
end


function kinds.mixed()
    if n % 4 == 0 then
        return kinds.claim()
    end

    return kinds.balance()
end


function init(args)
    n = tonumber(args[3])
    members = tonumber(args[4])
    stride = tonumber(args[5])

    prepare(args[2])
    request = kinds[args[1]]
end


function done(summary, latency, requests)
    local e = summary.errors

    print(string.format("result requests=%d us=%d p50=%d p99=%d status=%d "
                        .. "broken=%d", summary.requests, summary.duration,
                        latency:percentile(50), latency:percentile(99),
                        e.status, e.connect + e.read + e.write + e.timeout))
end
