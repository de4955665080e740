-- What an engine step has written, if its token still holds and nobody wrote since its base.
-- KEYS rev kv idx log meta writer
-- ARGV token base at  (id key log-record kept-record)*      an empty kept record deletes the key
-- Returns the new revision, or -1 when fenced.
local rev_key, kv, idx, log, meta, writer = unpack(KEYS)
if redis.call('GET', writer) ~= ARGV[1] or (redis.call('GET', rev_key) or '0') ~= ARGV[2] then
  return -1
end
local last
for i = 4, #ARGV, 4 do
  local id, key, record, kept = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  redis.call('XADD', log, id, 'e', record)
  if kept == '' then
    redis.call('HDEL', kv, key)
    redis.call('ZREM', idx, key)
  elseif redis.call('HSET', kv, key, kept) == 1 then
    redis.call('ZADD', idx, 0, key)
  end
  last = id
end
redis.call('HSET', meta, 'at', ARGV[3])
if not last then return tonumber(ARGV[2]) end
local revision = string.match(last, '^(%d+)')
redis.call('SET', rev_key, revision)
return tonumber(revision)
