-- Fills an empty cluster with a state that has come from elsewhere; its history begins after it.
-- KEYS meta base      ARGV revision kept_from at base
-- Returns 1; -1 when there is something already.
local meta, base = unpack(KEYS)
if redis.call('HEXISTS', meta, 'rev') == 1 or redis.call('EXISTS', base) == 1 then return -1 end
redis.call('SET', base, ARGV[4])
redis.call('HSET', meta, 'rev', ARGV[1], 'kept_from', ARGV[2], 'at', ARGV[3], 'fired', '0')
return 1
