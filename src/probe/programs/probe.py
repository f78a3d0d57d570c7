"""Asks the cache from inside the app's own network: one JSON line on stdout, and an exit code that names the
stage that failed (a container without readable logs still has an exit code). Sent to a container as
`python3 -c <source>`, so it depends on nothing but Python 3.6 and never prints the URL or the password."""
import ipaddress
import json
import os
import re
import signal
import socket
import ssl
import sys
import time
import uuid
from urllib.parse import unquote, urlsplit

EXIT_CODE = {'parse': 9, 'dns': 10, 'tcp': 11, 'tls': 12, 'auth': 13, 'ping': 14, 'keys': 15, 'info': 16}
CONNECT_SECONDS = 5
TOTAL_SECONDS = 28
KEYS = 20
PINGS = 20
SAMPLED_KEYS = 500
SAMPLING_SECONDS = 2
# More would be a list of megabytes; and a line longer than 16 kB is cut apart by Docker's log drivers.
CLIENTS_AT_MOST = 2000
ADDRESSES_AT_MOST = 40
EACH_AT_MOST = 4
# The keys are spread over the nodes of a cluster, and each of them answered.
SPREAD = 17

variable = os.environ.get('ELASTICACHE_WIZARD_VARIABLE', 'REDIS_URL')
# Of an app that gets its password beside the address.
separate_password = os.environ.get(os.environ.get('ELASTICACHE_WIZARD_PASSWORD', ''), '')
stages = []
seen = {}
current = 'parse'
failed = None
started = time.monotonic()


class ErrorReply(Exception):
    """Redis itself answered, so whether TLS was right is not in question."""


class Late(BaseException):
    """The probe's own deadline; no `except Exception` on the way may swallow it."""


class Connection:
    """Redis's protocol by hand, because no client library exists in a stranger's image."""

    def __init__(self, sock):
        sock.settimeout(CONNECT_SECONDS)
        self.sock = sock
        self.reader = sock.makefile('rb')

    def ask(self, *words):
        return self.ask_all([words])[0]

    def ask_all(self, commands):
        """All sent at once; refusals in the midst of many are answers, that of a single command is raised."""
        sent = b''
        for words in commands:
            sent += b'*%d\r\n' % len(words)
            for word in (word if isinstance(word, bytes) else word.encode() for word in words):
                sent += b'$%d\r\n%s\r\n' % (len(word), word)
        try:
            self.sock.sendall(sent)
        except OSError:
            pass  # A server without room for one more client says so unasked, and closes.
        replies = [self.read() for _ in commands]
        if len(replies) == 1 and isinstance(replies[0], ErrorReply):
            raise replies[0]
        return replies

    def read(self):
        line = self.reader.readline()
        if line[:1] and line[:1] not in b'+-:$*':
            who = 'an HTTP server' if line.startswith((b'HTTP/', b'<')) else 'something else'
            raise OSError('the answer is not that of a Redis: %s listens there' % who)
        if not line.endswith(b'\r\n'):
            raise OSError('the connection was closed without an answer')
        kind, text = line[:1], line[1:-2].decode('utf-8', 'replace')
        if kind == b'-':
            return ErrorReply(text)
        if kind == b'*':
            return [self.read() for _ in range(int(text))]
        if kind == b'$':
            return '' if text == '-1' else self.reader.read(int(text) + 2)[:-2].decode('utf-8', 'surrogateescape')
        return text

    def close(self):
        self.sock.close()


def begin(stage):
    global current, started
    current, started = stage, time.monotonic()


def record(ok, detail):
    global failed
    if not ok:
        failed = failed or current
    taken = round((time.monotonic() - started) * 1000)
    stages.append({'stage': current, 'ok': ok, 'detail': detail, 'ms': taken})


def parse(text):
    url = urlsplit(text if '://' in text else 'redis://' + text)
    if url.scheme not in ('redis', 'rediss'):
        raise ValueError('the scheme is %s://, not redis:// or rediss://' % url.scheme)
    if 'ELASTICACHE_WIZARD_TLS' in os.environ:
        url = url._replace(scheme='rediss')
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
        # Who is let in without a password is let in with any: that AUTH succeeds would say nothing.
        connection.ask('PING')
        seen['passwordNotAskedFor'] = True
    except ErrorReply:
        pass
    try:
        connection.ask('AUTH', *credentials)
    except ErrorReply as refusal:
        # A cache that is just being given a token still lets everybody in; clients take this answer for a remark.
        if re.search('without any password configured|no password is set', str(refusal)):
            seen['passwordNotAskedFor'] = True
        else:
            if len(credentials) == 2 and str(refusal).startswith('WRONGPASS'):
                seen['withoutUserAnswers'] = takes(connection, credentials[1])
            raise refusal
    return 'no password is asked for' if 'passwordNotAskedFor' in seen else 'the password was accepted'


def takes(connection, password):
    try:
        connection.ask('AUTH', password)
        return True
    except ErrorReply:
        return False


def connect_tcp(address, port):
    try:
        return socket.create_connection((address, port), CONNECT_SECONDS)
    except socket.timeout:
        raise OSError('connect ETIMEDOUT after %d s' % CONNECT_SECONDS)
    except ConnectionRefusedError:
        raise OSError('connect ECONNREFUSED %s:%d' % (address, port))


def credentials_of(url):
    password = unquote(url.password or '') or separate_password
    return ([unquote(url.username)] if url.username else []) + [password] if password else []


def shard_at(place, url):
    host, port = place.rsplit(':', 1)
    host = host or url.hostname
    try:
        sock = connect_tcp(host, int(port))
        node = Connection(connect_tls(sock, host) if url.scheme == 'rediss' else sock)
        if credentials_of(url):
            node.ask('AUTH', *credentials_of(url))
        return node
    except (OSError, ErrorReply) as error:
        raise ErrorReply('the shard at %s does not answer: %s' % (place, error))


def write_keys(first, url):
    """Several keys, because with cluster mode only some of them are answered with MOVED: what a plain client meets
    is raised."""
    nonce = uuid.uuid4().hex[:12]
    nodes, written, moved = {}, [], None
    try:
        for key in ('elasticache-wizard:probe:%s:%d' % (nonce, n) for n in range(KEYS)):
            node = first
            try:
                node.ask('SET', key, nonce, 'EX', '60')
            except ErrorReply as refusal:
                if not str(refusal).startswith('MOVED '):
                    raise ErrorReply('SET: %s' % refusal)
                moved = moved or refusal
                place = str(refusal).split(' ')[2]
                nodes[place] = node = nodes.get(place) or shard_at(place, url)
                node.ask('SET', key, nonce, 'EX', '60')
            written.append((node, key))
            if node.ask('GET', key) != nonce:
                raise OSError('a key that was just written was read back with another value')
    finally:
        try:
            for node, key in written:
                node.ask('DEL', key)
            for node in nodes.values():
                node.close()
        except Exception:
            pass  # They would be gone in a minute anyway: what broke the connection has been raised already.
    if moved:
        seen['shards'] = len(set(node for node, _ in written))
        raise moved
    return '%d keys written, read and deleted' % KEYS


def read_info(connection):
    lines = connection.ask('INFO').splitlines()
    fields = dict(line.split(':', 1) for line in lines if ':' in line)
    for name, field in (('role', 'role'), ('maxmemoryPolicy', 'maxmemory_policy')):
        if field in fields:
            seen[name] = fields[field]
    if 'cluster_enabled' in fields:
        seen['clusterEnabled'] = fields['cluster_enabled'] == '1'
    numbers = ('used_memory', 'maxmemory', 'evicted_keys', 'connected_clients', 'maxclients', 'rejected_connections')
    node = {camel(name): int(fields[name]) for name in numbers if fields.get(name, '').isdigit()}
    if 'master_host' in fields:
        node['primary'] = '%s:%s' % (fields['master_host'], fields.get('master_port', ''))
        node['primaryLink'] = fields.get('master_link_status', '')
    found = re.findall(r'^db(\d+):keys=(\d+),expires=(\d+)', '\n'.join(lines), re.M)
    node['databases'] = [dict(zip(('db', 'keys', 'expires'), map(int, each))) for each in found]
    seen['node'] = node
    taken = []
    for _ in range(PINGS):
        began = time.perf_counter()
        connection.ask('PING')
        taken.append(round((time.perf_counter() - began) * 1000, 2))
    taken.sort()
    seen['latencyMs'] = {'p50': taken[PINGS // 2 - 1], 'p99': taken[-1]}
    return '%s, %s' % (fields.get('role', 'role unknown'), fields.get('maxmemory_policy', 'maxmemory-policy unknown'))


def camel(name):
    return re.sub('_(.)', lambda match: match.group(1).upper(), name)


def sample_keys(connection):
    """SCAN in small steps, never KEYS; names and values stay here."""
    until, cursor = time.monotonic() + SAMPLING_SECONDS, '0'
    sample = {'keys': 0, 'withoutTtl': 0, 'denied': 0}
    while True:
        cursor, names = connection.ask('SCAN', cursor, 'COUNT', '100')
        names = [name.encode('utf-8', 'surrogateescape') for name in names[:SAMPLED_KEYS - sample['keys']]]
        # PING besides, so that the refusal of a single TTL is an answer too.
        for ttl in connection.ask_all([('PING',), ('PING',)] + [('TTL', name) for name in names])[2:]:
            if ttl == '-2':
                continue
            sample['keys'] += 1
            sample['denied'] += isinstance(ttl, ErrorReply)
            sample['withoutTtl'] += ttl == '-1'
        if cursor == '0' or sample['keys'] >= SAMPLED_KEYS or time.monotonic() > until:
            seen['sample'] = sample
            return


def list_clients(connection, local_address):
    connected = seen.get('node', {}).get('connectedClients', 0)
    if connected > CLIENTS_AT_MOST:
        return {'notTold': '%d clients are too many to list' % connected}
    try:
        own_id = connection.ask('CLIENT', 'ID')
        lines = connection.ask('CLIENT', 'LIST').splitlines()
    except ErrorReply as refusal:
        return {'notTold': str(refusal)}
    by_address, own = {}, None
    for line in lines:
        field = dict(word.split('=', 1) for word in line.split(' ') if '=' in word)
        address = re.sub(r':\d+$', '', field.get('addr', '')).strip('[]')
        if field.get('id') == own_id:
            own = address
        elif address and not re.search('[SM]', field.get('flags', '')):  # Replicas and primaries are no clients.
            idle, age = int(field['idle']), int(field['age'])
            one = by_address.setdefault(
                address,
                {'address': address, 'connections': 0, 'idle': idle, 'age': age, 'commands': [], 'names': []},
            )
            one['connections'] += 1
            one['idle'], one['age'] = min(one['idle'], idle), max(one['age'], age)
            add(one['commands'], field.get('cmd'))
            add(one['names'], field.get('name'))
            add(one['names'], field.get('lib-name'))
    if own is None:
        return {'notTold': 'the list does not hold the probe itself'}
    addresses = sorted(by_address.values(), key=lambda one: -one['connections'])
    return {
        'addresses': addresses[:ADDRESSES_AT_MOST],
        'leftOut': max(0, len(addresses) - ADDRESSES_AT_MOST),
        'ownAddress': {'seen': own, 'real': local_address},
    }


def add(words, word):
    if word and word[:30] not in words and len(words) < EACH_AT_MOST:
        words.append(word[:30])


def observe(connection, local_address):
    """A refusal of any of it is no failure of the cache."""
    try:
        try:
            sample_keys(connection)
        except ErrorReply:
            pass
        seen['clients'] = list_clients(connection, local_address)
    except OSError:
        pass  # The connection broke: what was found out before that counts.


def talk(url, sock, address, port):
    secure = url.scheme == 'rediss'
    try:
        if secure:
            begin('tls')
            sock = connect_tls(sock, url.hostname)
            record(True, 'handshake done, certificate verified')
        connection = Connection(sock)
        if credentials_of(url):
            begin('auth')
            record(True, authenticate(connection, credentials_of(url)))
        try:
            begin('ping')
            pong = connection.ask('PING')
            database = url.path.lstrip('/')
            if database.isdigit() and int(database) > 0:
                connection.ask('SELECT', database)
            record(True, pong)
            begin('keys')
            record(True, write_keys(connection, url))
        except ErrorReply as refusal:
            # What the node says of itself tells the more why: how full it is, whom it follows.
            record(False, str(refusal))
        begin('info')
        try:
            detail = read_info(connection)
            if not failed:
                record(True, detail)
        except ErrorReply as refusal:
            if not failed:
                record(False, str(refusal))
        observe(connection, sock.getsockname()[0])
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
    found = socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(each[4][0] for each in found))
    address = addresses[0]
    seen['address'], seen['addresses'] = address, addresses
    seen['isPublic'] = not all(ipaddress.ip_address(each.split('%')[0]).is_private for each in addresses)
    remark = ', which is a public address' if seen['isPublic'] else ''
    record(True, 'resolved to %s%s' % (', '.join(addresses), remark))
    begin('tcp')
    sock = connect_tcp(address, port)
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
    try:
        run()
    except (Exception, Late) as error:
        late_detail = 'not done after %d s' % TOTAL_SECONDS
        if not failed:
            record(False, late_detail if isinstance(error, Late) else str(error) or type(error).__name__)
    if failed:
        report['failed'] = failed
    report.update(seen)
    print(json.dumps(report))
    if not failed:
        return 0
    return SPREAD if 'shards' in seen else EXIT_CODE[failed]


sys.exit(main())
