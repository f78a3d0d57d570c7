"""For an app that answers requests: one pool for the whole process.

Run with redis-py 8; from 6 on it checks the name in the certificate.
"""

import os

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, TimeoutError
from redis.retry import Retry

url = os.environ["REDIS_URL"]

pool = redis.BlockingConnectionPool.from_url(
    url,
    # As many as a process has threads; whoever finds none free waits 2 s.
    max_connections=20,
    timeout=2,
    # Lost packets are not refused: without limits visitors wait for minutes.
    socket_connect_timeout=5,
    socket_timeout=1,
    # NAT gateways and load balancers forget a silent connection after 350 s.
    socket_keepalive=True,
    health_check_interval=30,
    # After a failover a connection may lead to a replica: it is left, and the
    # name leads to the new primary by then.
    retry_on_error=[ConnectionError, TimeoutError, ReadOnlyError],
    # All tasks lost it in the same second: they come back one by one.
    retry=Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), 3),
    decode_responses=True,
)

client = redis.Redis.from_pool(pool)
