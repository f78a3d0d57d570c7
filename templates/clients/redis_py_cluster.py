"""For cluster mode and serverless: one client, a pool for each node.

Run with redis-py 8; from 6 on it checks the name in the certificate.
"""

import os

from redis.backoff import ExponentialWithJitterBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

url = os.environ["REDIS_URL"]

client = RedisCluster.from_url(
    url,
    # Of each node.
    max_connections=20,
    # Lost packets are not refused: without limits visitors wait for minutes.
    socket_connect_timeout=5,
    socket_timeout=1,
    # NAT gateways and load balancers forget a silent connection after 350 s.
    socket_keepalive=True,
    health_check_interval=30,
    # After a failover the slots are read anew and the command is sent again.
    retry=Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), 3),
    decode_responses=True,
)
# Keys of one command must share a slot: "user:{42}:name", "user:{42}:mail".
