-- One transaction of an outside writer: compares, then one of two lists of operations, as one revision.
-- KEYS rev kv idx log meta writer waiting
-- ARGV cause at actor  #when  (key field op value)*  #then  (P key lease value | D key)*  #otherwise  (...)*
-- Returns {1 | 0, revision, current kept values of the compared keys ...}, or {-1} while an engine step holds the store.
local rev_key, kv, idx, log, meta, writer, waiting = unpack(KEYS)

if redis.call('EXISTS', writer) == 1 then
  redis.call('SET', waiting, '1', 'PX', 200)
  return {-1}
end

local at = 1
local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end

local function state(key)
  local kept = redis.call('HGET', kv, key)
  if not kept then
    return {create = 0, mod = 0, version = 0, lease = 0}, false
  end
  local create, mod, version, lease = string.match(kept, '^(%d+) (%d+) (%d+) (%d+)\n')
  return {create = tonumber(create), mod = tonumber(mod), version = tonumber(version), lease = tonumber(lease)}, kept
end

local function holds(actual, op, wanted)
  if op == '==' then return actual == wanted end
  if op == '!=' then return actual ~= wanted end
  if op == '<' then return actual < wanted end
  return actual > wanted
end

local cause, sim_time, actor = take(), tonumber(take()), take()
local succeeded, current = true, {}
for i = 1, tonumber(take()) do
  local key, field, op, wanted = take(), take(), take(), tonumber(take())
  local found, kept = state(key)
  current[i] = kept
  succeeded = succeeded and holds(found[field], op, wanted)
end

local function read_ops()
  local ops = {}
  for i = 1, tonumber(take()) do
    if take() == 'P' then
      ops[i] = {key = take(), lease = take(), value = take()}
    else
      ops[i] = {key = take()}
    end
  end
  return ops
end
local on_success, on_failure = read_ops(), read_ops()

-- Everything is read and checked: from here on only writes.
local last = tonumber(redis.call('HGET', meta, 'at') or '0')
if sim_time < last then sim_time = last end
local revision = tonumber(redis.call('GET', rev_key) or '0')
local next_revision, number = revision + 1, 0
local function append(key, create, version, lease, prev, change, value)
  local head = string.format('%.0f %.0f %s %.0f %s %.0f %s %s\n%s\n', create, version, lease, prev, cause, sim_time,
                             change, actor, key)
  redis.call('XADD', log, string.format('%.0f-%d', next_revision, number), 'e', head .. value)
  number = number + 1
end

for _, op in ipairs(succeeded and on_success or on_failure) do
  local old, kept = state(op.key)
  if op.value then
    local create = kept and old.create or next_revision
    append(op.key, create, old.version + 1, op.lease, old.mod, 'P', op.value)
    redis.call('HSET', kv, op.key,
               string.format('%.0f %.0f %.0f %s\n', create, next_revision, old.version + 1, op.lease) .. op.value)
    if not kept then redis.call('ZADD', idx, 0, op.key) end
  elseif kept then
    append(op.key, old.create, 0, '0', old.mod, 'D', '')
    redis.call('HDEL', kv, op.key)
    redis.call('ZREM', idx, op.key)
  end
end
if number > 0 then
  revision = next_revision
  redis.call('SET', rev_key, string.format('%.0f', revision))
  redis.call('HSET', meta, 'at', string.format('%.0f', sim_time))
end

local reply = {succeeded and 1 or 0, revision}
if not succeeded then
  for i = 1, #current do reply[i + 2] = current[i] end
end
return reply
