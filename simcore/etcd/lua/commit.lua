-- What an engine step has written, if its token still holds and nobody wrote since its base.
-- KEYS log meta writer fence waiting journal
-- ARGV token base at release(1|0)  last-revision record touched  fired mark*      no last revision: nothing was written
-- Returns {the new revision, whether an outside writer waits (1|0)}, or {-1} when fenced.
local log, meta, writer, fence, waiting, journal = unpack(KEYS)
local token, base, at, release, last, record, touched, fired = unpack(ARGV, 1, 8)
if redis.call('GET', writer) ~= token or tonumber(token) < tonumber(redis.call('GET', fence) or '0')
   or (redis.call('HGET', meta, 'rev') or '0') ~= base then
  return {-1}
end

if last == '' then
  last = base
else
  redis.call('XADD', log, last .. '-0', 'z', record, 'k', touched)
end
for i = 9, #ARGV do redis.call('RPUSH', journal, ARGV[i]) end
redis.call('HSET', meta, 'rev', last, 'at', at, 'fired', fired)
if release == '1' then
  redis.set_repl(redis.REPL_NONE)
  redis.call('DEL', writer)
end
return {tonumber(last), redis.call('EXISTS', waiting)}
