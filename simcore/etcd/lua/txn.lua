-- One transaction of an outside writer: compares, then one of two lists of operations, as one revision.
-- KEYS rev kv log meta writer waiting
-- ARGV cause at actor  #when  (key field op value)*  #then  (P key lease size | D key)*  values  #otherwise  (...)*  values
-- Returns {1 | 0, revision, kept keys that were compared ...}, or {-1} while an engine step holds the store.
local rev_key, kv, log, meta, writer, waiting = unpack(KEYS)

if redis.call('EXISTS', writer) == 1 then
  redis.set_repl(redis.REPL_NONE)
  redis.call('SET', waiting, '1', 'PX', 100)
  return {-1}
end

local at = 1
local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end

local function state(key)
  if key == '' then return {create = 0, mod = tonumber(redis.call('GET', rev_key) or '0'), version = 0, lease = 0}, false end
  local kept = redis.call('HGET', kv, key)
  if not kept then
    return {create = 0, mod = 0, version = 0, lease = 0}, false
  end
  local create, mod, version, lease = string.match(kept, '^(%d+) (%d+) (%d+) (%d+)$')
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
      ops[i] = {key = take(), lease = take(), size = take()}
    else
      ops[i] = {key = take()}
    end
  end
  return ops, take()
end
local on_success, success_values = read_ops()
local on_failure, failure_values = read_ops()

-- From here on the outcome is known; nothing is written before the last check.
local last = tonumber(redis.call('HGET', meta, 'at') or '0')
if sim_time < last then sim_time = last end
local revision = tonumber(redis.call('GET', rev_key) or '0')
local next_revision, lines, puts, deleted = revision + 1, {}, {}, {}
local function tell(create, version, lease, prev, size, key)
  lines[#lines + 1] = string.format('%.0f %.0f %s %.0f %s %s\n', create, version, lease, prev, size, key)
end

for _, op in ipairs(succeeded and on_success or on_failure) do
  local old, kept = state(op.key)
  if op.size then
    local create = kept and old.create or next_revision
    tell(create, old.version + 1, op.lease, old.mod, op.size, op.key)
    puts[#puts + 1] = op.key
    puts[#puts + 1] = string.format('%.0f %.0f %.0f %s', create, next_revision, old.version + 1, op.lease)
  elseif kept then
    tell(old.create, 0, '0', old.mod, '-1', op.key)
    deleted[#deleted + 1] = op.key
  end
end
if #lines > 0 then
  local head = string.format('%.0f %s %.0f %s\n', next_revision, cause, sim_time, actor)
  redis.call('XADD', log, string.format('%.0f-0', next_revision), 'h', head .. table.concat(lines),
             'v', succeeded and success_values or failure_values)
  for i = 1, #puts, 4000 do redis.call('HSET', kv, unpack(puts, i, math.min(i + 3999, #puts))) end
  for i = 1, #deleted, 4000 do redis.call('HDEL', kv, unpack(deleted, i, math.min(i + 3999, #deleted))) end
  revision = next_revision
  redis.call('SET', rev_key, string.format('%.0f', revision))
  redis.call('HSET', meta, 'at', string.format('%.0f', sim_time))
end
redis.call('DEL', waiting) -- last, because it is allowed when memory is full

local reply = {succeeded and 1 or 0, revision}
if not succeeded then
  for i = 1, #current do reply[i + 2] = current[i] end
end
return reply
