-- wrk script: acquires a lock on one of RESOURCES resources and releases it, again and again.
-- Every thread keeps the URLs of the locks it got; the next request frees the oldest of them.
local resources = tonumber(os.getenv("RESOURCES") or "5000")
local body = '{"title": "bench", "wait": 0, "lifetime": 20}'
local held, first, last = {}, 1, 0

function setup(thread)
  thread:set("seed", math.random(1, 1000000))
end

function init(args)
  math.randomseed(seed)
end

function request()
  if first <= last then
    local url = held[first]
    held[first] = nil
    first = first + 1
    return wrk.format("DELETE", url, {}, "")
  end
  return wrk.format("POST", "/locks/resource" .. math.random(1, resources), {}, body)
end

function response(status, headers, body)
  if status == 201 then
    last = last + 1
    held[last] = string.match(headers["Location"], "^https?://[^/]+(/.*)$")
  end
end
