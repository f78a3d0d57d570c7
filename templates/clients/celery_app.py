"""A Celery app, on one shard with maxmemory-policy noeviction.

Celery knows no cluster mode, so no serverless either. Run with Celery 5.6.
"""

import os
import ssl

from celery import Celery

url = os.environ["CELERY_BROKER_URL"]
results = os.environ["CELERY_RESULT_BACKEND"]

# A rediss:// URL is refused unless it or this says what a certificate must be.
verified = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
tls = verified if url.startswith("rediss:") else None

app = Celery("jobs", broker=url, backend=results)
app.conf.update(
    broker_use_ssl=tls,
    redis_backend_use_ssl=tls,
    broker_transport_options={
        # A task that takes longer, or waits longer for its ETA, is done twice.
        "visibility_timeout": 3600,
        # A connection that died in silence must not hold a worker for ever.
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
    redis_socket_connect_timeout=5,
    redis_socket_timeout=30,
    redis_socket_keepalive=True,
    redis_backend_health_check_interval=25,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # After a failover a connection may lead to a replica, which says READONLY:
    # connect anew instead of ending.
    broker_channel_error_retry=True,
    # A task whose worker is stopped, as ECS does, goes to another worker.
    task_acks_late=True,
    # Results stay until they expire, and a full cache takes no more tasks.
    result_expires=3600,
)
