-- A transaction of an outside writer, worked out on the state at `base`, as the next revision: taken unless one of its
-- keys has been written since.
-- KEYS log meta writer waiting
-- ARGV base pins whole(1|0) record touched at
--      pins: four bytes a key that it compares or writes; whole: the whole store is pinned; no record: it only compares
-- Returns {1, its revision, its time}, {0} when worked out on an old state, {-1} while an engine step holds the store.
local log, meta, writer, waiting = unpack(KEYS)
local base, pins, whole, record, touched, at = unpack(ARGV)

if record ~= '' and redis.call('EXISTS', writer) == 1 then
  redis.set_repl(redis.REPL_NONE)
  redis.call('SET', waiting, '1', 'PX', 100)
  return {-1}
end

local MOST_RECORDS = 32 -- beyond it a writer has to catch up first
local known = redis.call('HMGET', meta, 'rev', 'at', 'kept_from')
local revision, last_at, kept_from = tonumber(known[1] or '0'), tonumber(known[2] or '0'), tonumber(known[3] or '0')

local function is_old()
  local first = tonumber(base) + 1
  if whole == '1' or first > revision or first < kept_from then return true end
  local records = redis.call('XRANGE', log, string.format('%.0f-0', first), '+', 'COUNT', MOST_RECORDS)
  local written = {}
  for _, found in ipairs(records) do
    local keys = found[2][4]
    for i = 1, #keys, 4 do written[string.sub(keys, i, i + 3)] = true end
  end
  for i = 1, #pins, 4 do
    if written[string.sub(pins, i, i + 3)] then return true end
  end
  return #records == MOST_RECORDS
end

if tonumber(base) ~= revision and is_old() then return {0} end
if record == '' then
  redis.call('DEL', waiting)
  return {1, revision, last_at}
end

local fields = {'z', record, 'k', touched}
if tonumber(at) < last_at then
  at = string.format('%.0f', last_at)
  fields[5], fields[6] = 'a', at
end
local next_revision = string.format('%.0f', revision + 1)
redis.call('XADD', log, next_revision .. '-0', unpack(fields))
redis.call('HSET', meta, 'rev', next_revision, 'at', at)
redis.call('DEL', waiting) -- last, because it is allowed when memory is full
return {1, revision + 1, tonumber(at)}
