"""Asks the cache from inside the app's own network: one JSON line on stdout, and an exit code that names the
stage that failed (a container without readable logs still has an exit code). Sent to a container as
`python3 -c <source>`, so it depends on nothing but Python 3.6 and never prints the URL or the password."""
import ipaddress
import json
import os
import signal
import socket
import ssl
import sys
import time
import uuid
from urllib.parse import unquote, urlsplit

EXIT_CODE = {'parse': 9, 'dns': 10, 'tcp': 11, 'tls': 12, 'auth': 13, 'ping': 14, 'keys': 15, 'info': 16}
CONNECT_SECONDS = 5
TOTAL_SECONDS = 30
KEYS = 20
PINGS = 20

variable = os.environ.get('ELASTICACHE_WIZARD_VARIABLE', 'REDIS_URL')
# Of an app that gets its password beside the address.
separate_password = os.environ.get(os.environ.get('ELASTICACHE_WIZARD_PASSWORD', ''), '')
stages = []
seen = {}
current = 'parse'
started = time.monotonic()


class ErrorReply(Exception):
    """Redis itself answered, so whether TLS was right is not in question."""


class Late(BaseException):
    """The probe's own deadline; no `except Exception` on the way may swallow it."""


class Connection:
    """Redis's protocol by hand, because no client library exists in a stranger's image: commands are arrays of
    bulk strings; the replies to what is asked here are simple strings, errors, integers and bulk strings."""

    def __init__(self, sock):
        sock.settimeout(CONNECT_SECONDS)
        self.sock = sock
        self.reader = sock.makefile('rb')

    def ask(self, *words):
        command = b'*%d\r\n' % len(words)
        for word in (word.encode() for word in words):
            command += b'$%d\r\n%s\r\n' % (len(word), word)
        self.sock.sendall(command)
        line = self.reader.readline()
        if not line.endswith(b'\r\n'):
            raise OSError('the connection was closed without an answer')
        kind, text = line[:1], line[1:-2].decode('utf-8', 'replace')
        if kind == b'-':
            raise ErrorReply(text)
        if kind == b'$' and text != '-1':
            return self.reader.read(int(text) + 2)[:-2].decode('utf-8', 'replace')
        if kind in b'+:$' and kind:
            return text
        raise OSError('the answer is not that of a Redis: something else listens there')

    def close(self):
        self.sock.close()


def begin(stage):
    global current, started
    current, started = stage, time.monotonic()


def record(ok, detail):
    taken = round((time.monotonic() - started) * 1000)
    stages.append({'stage': current, 'ok': ok, 'detail': detail, 'ms': taken})


def parse(text):
    url = urlsplit(text if '://' in text else 'redis://' + text)
    if url.scheme not in ('redis', 'rediss'):
        raise ValueError('the scheme is %s://, not redis:// or rediss://' % url.scheme)
    if not url.hostname:
        raise ValueError('there is no host in it')
    return url


def connect_tls(sock, host, verified=True):
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(sock, server_hostname=host)


def other_way_answers(url, address, port):
    """A PING in the way that was not asked for: any reply of Redis, an error too, says that it answers so."""
    try:
        sock = socket.create_connection((address, port), CONNECT_SECONDS)
        connection = Connection(sock if url.scheme == 'rediss' else connect_tls(sock, url.hostname, False))
        try:
            connection.ask('PING')
        finally:
            connection.close()
    except ErrorReply:
        return True
    except Exception:
        return False
    return True


def authenticate(connection, credentials):
    try:
        connection.ask('AUTH', *credentials)
    except ErrorReply as refusal:
        # A cache that is just being given a token still lets everybody in; clients take this answer for a remark.
        if 'without any password configured' not in str(refusal):
            raise
        return 'no password is asked for'
    return 'the password was accepted'


def write_keys(connection):
    """Several keys, because with cluster mode only some of them are answered with MOVED."""
    nonce = uuid.uuid4().hex[:12]
    written = []
    try:
        for key in ('elasticache-wizard:probe:%s:%d' % (nonce, n) for n in range(KEYS)):
            connection.ask('SET', key, nonce, 'EX', '60')
            written.append(key)
            if connection.ask('GET', key) != nonce:
                raise OSError('a key that was just written was read back with another value')
    finally:
        try:
            for key in written:
                connection.ask('DEL', key)
        except Exception:
            pass  # They would be gone in a minute anyway: what broke the connection has been raised already.
    return '%d keys written, read and deleted' % KEYS


def read_info(connection):
    lines = connection.ask('INFO').splitlines()
    fields = dict(line.split(':', 1) for line in lines if ':' in line)
    if 'role' in fields:
        seen['role'] = fields['role']
    if 'maxmemory_policy' in fields:
        seen['maxmemoryPolicy'] = fields['maxmemory_policy']
    if 'cluster_enabled' in fields:
        seen['clusterEnabled'] = fields['cluster_enabled'] == '1'
    taken = []
    for _ in range(PINGS):
        began = time.perf_counter()
        connection.ask('PING')
        taken.append(round((time.perf_counter() - began) * 1000, 2))
    taken.sort()
    seen['latencyMs'] = {'p50': taken[PINGS // 2 - 1], 'p99': taken[-1]}
    return '%s, %s' % (fields.get('role', 'role unknown'), fields.get('maxmemory_policy', 'maxmemory-policy unknown'))


def talk(url, sock, address, port):
    secure = url.scheme == 'rediss'
    try:
        if secure:
            begin('tls')
            sock = connect_tls(sock, url.hostname)
            record(True, 'handshake done, certificate verified')
        connection = Connection(sock)
        password = separate_password or unquote(url.password or '')
        if password:
            begin('auth')
            user = [unquote(url.username)] if url.username else []
            record(True, authenticate(connection, user + [password]))
        begin('ping')
        pong = connection.ask('PING')
        database = url.path.lstrip('/')
        if database.isdigit() and int(database) > 0:
            connection.ask('SELECT', database)
        record(True, pong)
        begin('keys')
        record(True, write_keys(connection))
        begin('info')
        record(True, read_info(connection))
    except OSError:
        if current == 'tls' or (not secure and current in ('auth', 'ping')):
            seen['otherWayAnswers'] = other_way_answers(url, address, port)
        raise


def run():
    value = os.environ.get(variable)
    if not value:
        raise ValueError(variable + ' is not set')
    try:
        url = parse(value)
        port = url.port or 6379
    except ValueError as error:
        # Python's own errors may quote the text, which may hold a password.
        own = str(error).startswith(('the scheme is ', 'there is no host'))
        raise ValueError(str(error) if own else variable + ' is not a URL')
    record(True, '%s:%d, TLS %s' % (url.hostname, port, 'on' if url.scheme == 'rediss' else 'off'))
    begin('dns')
    address = socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)[0][4][0]
    seen['address'] = address
    private = ipaddress.ip_address(address.split('%')[0]).is_private
    record(True, 'resolved to %s%s' % (address, '' if private else ', which is a public address'))
    begin('tcp')
    try:
        sock = socket.create_connection((address, port), CONNECT_SECONDS)
    except socket.timeout:
        raise OSError('connect ETIMEDOUT after %d s' % CONNECT_SECONDS)
    except ConnectionRefusedError:
        raise OSError('connect ECONNREFUSED %s:%d' % (address, port))
    record(True, 'connected to %s:%d' % (address, port))
    talk(url, sock, address, port)


def late(_signal, _frame):
    raise Late()


def main():
    if 'ELASTICACHE_WIZARD_REHEARSE' in os.environ:
        print('{"type":"elasticache-wizard-rehearsal","v":1,"runtime":"python3"}')
        return 0
    signal.signal(signal.SIGALRM, late)
    signal.alarm(TOTAL_SECONDS)
    report = {'type': 'elasticache-wizard-probe', 'v': 1, 'runtime': 'python3', 'variable': variable, 'stages': stages}
    code = 0
    try:
        run()
    except (Exception, Late) as error:
        late_detail = 'not done after %d s' % TOTAL_SECONDS
        record(False, late_detail if isinstance(error, Late) else str(error) or type(error).__name__)
        report['failed'] = current
        code = EXIT_CODE[current]
    report.update(seen)
    print(json.dumps(report))
    return code


sys.exit(main())
