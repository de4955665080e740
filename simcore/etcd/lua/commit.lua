-- What an engine step has written, if its token still holds and nobody wrote since its base.
-- KEYS rev kv log meta writer fence waiting journal
-- ARGV token base at release(1|0)  last-revision record  puts deletions  fired mark*
--      puts: msgpack of {key, kept, key, kept ...}; deletions: of {key ...}; no last revision: the step wrote nothing
-- Returns {the new revision, whether an outside writer waits (1|0)}, or {-1} when fenced.
local rev_key, kv, log, meta, writer, fence, waiting, journal = unpack(KEYS)
local token, base, at, release, last, record, puts, deletions, fired = unpack(ARGV, 1, 9)
if redis.call('GET', writer) ~= token or tonumber(token) < tonumber(redis.call('GET', fence) or '0')
   or (redis.call('GET', rev_key) or '0') ~= base then
  return {-1}
end

local function in_parts(command, arguments)
  for i = 1, #arguments, 4000 do
    redis.call(command, kv, unpack(arguments, i, math.min(i + 3999, #arguments)))
  end
end

local revision = tonumber(base)
if last ~= '' then
  revision = tonumber(last)
  redis.call('XADD', log, last .. '-0', 'z', record)
  in_parts('HSET', cmsgpack.unpack(puts))
  in_parts('HDEL', cmsgpack.unpack(deletions))
  redis.call('SET', rev_key, last)
end
for i = 10, #ARGV do redis.call('RPUSH', journal, ARGV[i]) end
redis.call('HSET', meta, 'at', at, 'fired', fired)
if release == '1' then
  redis.set_repl(redis.REPL_NONE)
  redis.call('DEL', writer)
end
return {revision, redis.call('EXISTS', waiting)}
