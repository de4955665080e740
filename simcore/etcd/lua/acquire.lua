-- Takes the writer token for one step, unless an outside writer waits: its flag goes when it has written or given up.
-- KEYS writer waiting meta fence      ARGV token ttl_ms
-- Returns the store's revision, -1 when the token is taken or somebody waits, -2 when a newer owner has come.
-- Nothing of it goes to disk: a Redis that starts again knows of no token, and then no commit is taken.
local writer, waiting, meta, fence = unpack(KEYS)
if tonumber(ARGV[1]) < tonumber(redis.call('GET', fence) or '0') then return -2 end
redis.set_repl(redis.REPL_NONE)
if redis.call('EXISTS', waiting) == 1 then return -1 end
if not redis.call('SET', writer, ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return tonumber(redis.call('HGET', meta, 'rev') or '0')
