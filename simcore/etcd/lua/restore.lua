-- Fills an empty cluster with a state that has come from elsewhere; its history begins after it.
-- KEYS rev kv meta base      ARGV revision at base kept      kept: msgpack of {key, kept, key, kept ...}
-- Returns 1; -1 when there is something already.
local rev_key, kv, meta, base = unpack(KEYS)
if redis.call('EXISTS', rev_key, base) > 0 then return -1 end
redis.call('SET', base, ARGV[3])
local kept = cmsgpack.unpack(ARGV[4])
for i = 1, #kept, 4000 do redis.call('HSET', kv, unpack(kept, i, math.min(i + 3999, #kept))) end
redis.call('HSET', meta, 'at', ARGV[2], 'kept_from', string.format('%.0f', tonumber(ARGV[1]) + 1), 'fired', '0')
redis.call('SET', rev_key, ARGV[1])
return 1
