/**
 * Goes into every process of the VPC before its own code: names resolve as the VPC's resolver answers, packets pass as
 * its rules allow, and nothing leaves the machine. Node's own code above the TCP handle runs untouched, so SNI,
 * certificate checks, time-outs and their errors are the real ones.
 */
import { syncBuiltinESMExports } from 'node:module';
import { showClients } from './seat/client-lists.ts';
import { guardDatagrams } from './seat/datagrams.ts';
import { keepDescendants } from './seat/descendants.ts';
import { answerNames } from './seat/names.ts';
import { guardPackets } from './seat/packets.ts';
import { currentRules } from './seat/rules.ts';
import { trustAuthority } from './seat/trust.ts';
import { CONNECT_TIMEOUT_VARIABLE, SEAT_VARIABLE } from './seat-rules.ts';

const LINUX_CONNECT_TIMEOUT_MS = 127_000;

const rulesFile = process.env[SEAT_VARIABLE];
if (!rulesFile) throw new Error(`${SEAT_VARIABLE} does not name the rules of this process's network`);
const timeoutMs = Number(process.env[CONNECT_TIMEOUT_VARIABLE] ?? LINUX_CONNECT_TIMEOUT_MS);

const rules = currentRules(rulesFile);
answerNames(rules, timeoutMs);
guardPackets(rules, timeoutMs);
guardDatagrams(rules);
showClients(rules);
trustAuthority(rules().certificateAuthority);
keepDescendants(rules().nodeOptions);
// Without it `import { lookup } from 'node:dns'` would still be the real one.
syncBuiltinESMExports();
