-- Forgets log entries older than a revision; the base is the state right before it.
-- KEYS log meta base journal      ARGV before base
-- Returns 1; -1 when that was done already; -2 when the revision has not been written yet.
local log, meta, base, journal = unpack(KEYS)
local before = tonumber(ARGV[1])
if before <= tonumber(redis.call('HGET', meta, 'kept_from') or '0') then return -1 end
if before > tonumber(redis.call('HGET', meta, 'rev') or '0') then return -2 end
redis.call('XTRIM', log, 'MINID', ARGV[1] .. '-0') -- first, because it is allowed when memory is full
redis.call('SET', base, ARGV[2])
redis.call('HSET', meta, 'kept_from', ARGV[1])
redis.call('DEL', journal)
return 1
