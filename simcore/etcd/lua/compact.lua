-- Forgets log entries older than a revision.
-- KEYS rev log meta      ARGV before
-- Returns 1; -1 when that was done already; -2 when the revision has not been written yet.
local rev_key, log, meta = unpack(KEYS)
local before = tonumber(ARGV[1])
if before < tonumber(redis.call('HGET', meta, 'kept_from') or '0') then return -1 end
if before > tonumber(redis.call('GET', rev_key) or '0') then return -2 end
redis.call('XTRIM', log, 'MINID', ARGV[1] .. '-0')
redis.call('HSET', meta, 'kept_from', ARGV[1])
return 1
