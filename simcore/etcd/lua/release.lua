-- Gives the writer token back, if it is still ours.
-- KEYS writer      ARGV token
redis.set_repl(redis.REPL_NONE)
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
