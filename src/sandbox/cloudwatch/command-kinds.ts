/** Which commands read and which write (redis.io, ACL categories), as far as web applications use them. */

const READS = new Set(
  `bitcount exists get getbit getrange hexists hget hgetall hkeys hlen hmget hscan hvals lindex llen lrange mget pttl
  scan scard sismember smembers smismember sscan strlen ttl type xlen xrange xread xrevrange zcard zcount zrange
  zrangebyscore zrank zrevrange zrevrangebyscore zrevrank zscan zscore`.split(/\s+/),
);

const WRITES = new Set(
  `append decr decrby del eval evalsha expire expireat getdel getset hdel hincrby hmset hset hsetnx incr incrby
  incrbyfloat lmove lpop lpush lpushx lrem lset ltrim mset msetnx persist pexpire pexpireat psetex rename rpop
  rpoplpush rpush rpushx sadd set setbit setex setnx setrange smove spop srem unlink xack xadd xdel xreadgroup xtrim
  zadd zincrby zpopmax zpopmin zrem zremrangebyrank zremrangebyscore`.split(/\s+/),
);

export function isRead(command: string): boolean {
  return READS.has(command);
}

export function isWrite(command: string): boolean {
  return WRITES.has(command);
}
