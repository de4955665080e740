-- Takes the writer token for one step, unless an outside writer has been waiting: it goes first.
-- KEYS writer waiting rev      ARGV token ttl_ms
-- Returns the store's revision, or -1 when the token is taken or somebody waits.
local writer, waiting, rev_key = unpack(KEYS)
if redis.call('DEL', waiting) == 1 then return -1 end
if not redis.call('SET', writer, ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return tonumber(redis.call('GET', rev_key) or '0')
