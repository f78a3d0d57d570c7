# Asks the cache from inside the app's own network, for images that have neither Node nor Python. POSIX sh;
# what it can look at depends on what else is there (getent, nc, bash, openssl): it reports only the stages
# that it really tried, and ends with 20 when it could not try them all. One JSON line on stdout; the exit
# code names the stage that failed. Never prints the URL or the password. Sent as `sh -c <source>`.

variable=${ELASTICACHE_WIZARD_VARIABLE:-REDIS_URL}
stages=''
facts=''

has() { command -v "$1" >/dev/null 2>&1; }

# Whatever the tools said becomes one JSON-safe line.
plain() { printf '%s' "$1" | tr '\r\n\t' '   ' | tr -d '\\"\000-\037' | cut -c1-300; }

# `ms` stays 0: this shell's clock has no fractions of a second.
record() { # stage true|false detail
  stages="$stages${stages:+,}{\"stage\":\"$1\",\"ok\":$2,\"detail\":\"$(plain "$3")\",\"ms\":0}"
}

report() { # exit-code [failed-stage]
  failed=${2:+,\"failed\":\"$2\"}
  printf '{"type":"elasticache-wizard-probe","v":1,"runtime":"sh","variable":"%s","stages":[%s]%s%s}\n' \
    "$variable" "$stages" "$failed" "$facts"
  exit "$1"
}

fail() { record "$2" false "$3"; report "$1" "$2"; }

# Tools that connect have no deadline of their own everywhere, and `timeout` is not everywhere either.
within() { # seconds command...
  limit=$1
  shift
  "$@" <&3 &
  worker=$!
  (
    sleep "$limit"
    kill "$worker"
  ) >/dev/null 2>&1 &
  watchdog=$!
  wait "$worker" 2>/dev/null
  status=$?
  kill "$watchdog" 2>/dev/null
  return $status
}

# Commands go as Redis's inline form, one a line, all at once: the answers come in the same order, and QUIT
# makes the server close, which ends tools that would wait for more.
tell() { printf '%s\r\n' "$@"; sleep 1; }

over_plain() {
  if has nc; then
    within 8 nc -w 5 "$host" "$port"
  else
    # What runs in the background would read from /dev/null, hence the descriptor; exec, so that the deadline's
    # kill reaches the reader.
    within 8 bash -c 'exec 4<>"/dev/tcp/$0/$1" 5<&0 || exit 1; cat <&5 >&4 & exec cat <&4' "$host" "$port"
  fi
}

over_tls() { # openssl's options
  within 8 openssl s_client -quiet -connect "$host:$port" -servername "$host" "$@"
}

talk() { # way command...
  way=$1
  shift
  tell "$@" QUIT | { exec 3<&0; $way; } 2>&1
}

verified() { over_tls -verify_return_error -verify_hostname "$host"; }
unverified() { over_tls; }

answered() { printf '%s' "$1" | grep -q -e '^+PONG' -e '^-[A-Z]* '; }

if [ -n "${ELASTICACHE_WIZARD_REHEARSE+set}" ]; then
  printf '{"type":"elasticache-wizard-rehearsal","v":1,"runtime":"sh"}\n'
  exit 0
fi

# parse ----------------------------------------------------------------------------------------------------
eval "url=\${$variable-}"
[ -n "$url" ] || fail 9 parse "$variable is not set"
secure=false
case $url in
  rediss://*) secure=true ;;
  redis://*) ;;
  *://*) fail 9 parse 'the scheme is neither redis:// nor rediss://' ;;
esac
[ -z "${ELASTICACHE_WIZARD_TLS-}" ] || secure=true
rest=${url#*://}
rest=${rest%%\?*}
place=${rest##*@}
login=''
[ "$place" = "$rest" ] || login=${rest%@*}
database=''
case $place in */*) database=${place#*/} place=${place%%/*} ;; esac
host=${place%:*}
port=6379
[ "$host" = "$place" ] || port=${place##*:}
[ -n "$host" ] || fail 9 parse 'there is no host in it'
record parse true "$host:$port, TLS $($secure && echo on || echo off)"

# dns ------------------------------------------------------------------------------------------------------
if has getent; then
  address=$(getent hosts "$host" | { read -r first _ && printf '%s' "$first"; })
  [ -n "$address" ] || fail 10 dns "ENOTFOUND $host"
  facts=",\"address\":\"$address\""
  record dns true "resolved to $address"
fi

# tcp and tls ----------------------------------------------------------------------------------------------
if has nc || has bash; then
  can_plain=true
else
  can_plain=false
fi
if $secure; then
  has openssl || report 20
  way=verified
else
  $can_plain || report 20
  way=over_plain
fi
if $can_plain; then
  # `nc -z` is not everywhere: a connection that is opened and left again says the same.
  exec 3</dev/null
  if has bash; then
    said=$(within 5 bash -c 'exec 4<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
  else
    said=$(within 5 nc -w 5 "$host" "$port" 2>&1)
  fi
  case $? in
    0) record tcp true "connected to $host:$port" ;;
    143) fail 11 tcp 'connect ETIMEDOUT after 5 s' ;;
    *)
      case $said in
        *refused*) fail 11 tcp "connect ECONNREFUSED $host:$port" ;;
        *) fail 11 tcp "no connection to $host:$port: $said" ;;
      esac
      ;;
  esac
fi

# auth and ping --------------------------------------------------------------------------------------------
# Inside double quotes the inline form knows \xHH, which is what a URL writes as %HH.
quoted() { printf '"%s"' "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/%\([0-9A-Fa-f][0-9A-Fa-f]\)/\\x\1/g')"; }
set --
password=${login#*:}
user=''
[ "$password" = "$login" ] || user=${login%%:*}
# Of an app that gets its password beside the address, where nothing is written as %HH.
if [ -z "$password" ] && [ -n "${ELASTICACHE_WIZARD_PASSWORD-}" ]; then
  eval "password=\${$ELASTICACHE_WIZARD_PASSWORD-}"
  password=$(printf '%s' "$password" | sed -e 's/%/%25/g' -e 's/"/%22/g')
fi
if [ -n "$password" ]; then
  if [ -n "$user" ]; then set -- "AUTH $(quoted "$user") $(quoted "$password")"; else set -- "AUTH $(quoted "$password")"; fi
fi
answer=$(talk $way "$@" PING)
if ! answered "$answer"; then
  if $secure; then
    if $can_plain; then
      answered "$(talk over_plain PING)" && other=true || other=false
      facts="$facts,\"otherWayAnswers\":$other"
    fi
    said=$(printf '%s' "$answer" | grep -i -e 'verify error' -e 'refused' -e 'timed out' -e 'wrong version' | head -n 1)
    fail 12 tls "${said:-no answer to the TLS handshake}"
  fi
  if has openssl; then
    answered "$(talk unverified PING)" && other=true || other=false
    facts="$facts,\"otherWayAnswers\":$other"
  fi
  case $answer in
    HTTP/* | '<'*) fail 14 ping 'the answer is not that of a Redis: an HTTP server listens there' ;;
    *) fail 14 ping 'the connection was closed without an answer' ;;
  esac
fi
if $secure; then record tls true 'handshake done, certificate verified'; fi
# A cache that is just being given a token still lets everybody in; clients take this answer for a remark.
open='without any password configured\|no password is set'
error=$(printf '%s\n' "$answer" | grep '^-' | grep -v "$open" | head -n 1 | cut -c2-)
case $error in
  '') ;;
  NOAUTH* | LOADING* | MASTERDOWN* | CLUSTERDOWN* | MISCONF* | *'number of clients'*) fail 14 ping "$error" ;;
  *) if [ $# -gt 0 ]; then fail 13 auth "$error"; else fail 14 ping "$error"; fi ;;
esac
if [ $# -gt 0 ]; then
  if printf '%s\n' "$answer" | grep -q "$open"; then
    facts="$facts,\"passwordNotAskedFor\":true"
    record auth true 'no password is asked for'
  else
    record auth true 'the password was accepted'
  fi
fi

# keys and info --------------------------------------------------------------------------------------------
nonce="$$-$(date +%s)"
case $database in '' | 0 | *[!0-9]*) ;; *) set -- "$@" "SELECT $database" ;; esac
n=0
while [ $n -lt 20 ]; do
  key="elasticache-wizard:probe:$nonce:$n"
  set -- "$@" "SET $key $nonce EX 60" "GET $key" "DEL $key"
  n=$((n + 1))
done
answer=$(talk $way "$@" INFO | tr -d '\r')
field() { printf '%s\n' "$answer" | sed -n "s/^$1:\([A-Za-z0-9_-]*\).*/\1/p" | head -n 1; }
role=$(field role)
policy=$(field maxmemory_policy)
[ -z "$role" ] || facts="$facts,\"role\":\"$role\""
[ -z "$policy" ] || facts="$facts,\"maxmemoryPolicy\":\"$policy\""
case $(field cluster_enabled) in
  1) facts="$facts,\"clusterEnabled\":true" ;;
  0) facts="$facts,\"clusterEnabled\":false" ;;
esac
number() { # field name
  value=$(field "$1")
  case $value in '' | *[!0-9]*) ;; *) node="$node${node:+,}\"$2\":$value" ;; esac
}
node=''
number used_memory usedMemory
number maxmemory maxmemory
number evicted_keys evictedKeys
number connected_clients connectedClients
number maxclients maxclients
number rejected_connections rejectedConnections
[ -z "$node" ] || facts="$facts,\"node\":{$node}"

# What SELECT and SET say; that INFO is refused is no failure of the cache.
error=$(printf '%s\n' "$answer" | grep '^-' | grep -v -e "$open" -e "'info' command" | head -n 1 | cut -c2-)
case $error in
  '') ;;
  *SELECT* | *'DB index'*) fail 14 ping "$error" ;;
  *)
    record ping true PONG
    fail 15 keys "$error"
    ;;
esac
record ping true PONG
found=$(printf '%s\n' "$answer" | grep -c -x -F -e "$nonce")
[ "$found" -eq 20 ] || fail 15 keys "only $found of 20 keys were read back"
record keys true '20 keys written, read and deleted'
printf '%s' "$answer" | grep -q "'info' command" && fail 16 info 'NOPERM to run INFO'
record info true "${role:-role unknown}, ${policy:-maxmemory-policy unknown}"
report 0
