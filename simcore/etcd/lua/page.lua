-- One page of the current state, in order of the keys.
-- KEYS kv idx      ARGV after (exclusive; empty: from the beginning) limit
-- Returns {key, kept record, key, kept record ...}
local low = ARGV[1] == '' and '-' or '(' .. ARGV[1]
local names = redis.call('ZRANGEBYLEX', KEYS[2], low, '+', 'LIMIT', 0, ARGV[2])
if #names == 0 then return {} end
local kept, reply = redis.call('HMGET', KEYS[1], unpack(names)), {}
for i, name in ipairs(names) do
  reply[2 * i - 1], reply[2 * i] = name, kept[i]
end
return reply
