/**
 * The wire, seen through botocore, which has AWS's models from another source than this repository's SDK: what both
 * agree on is AWS's. The AWS CLI is built on it. Skipped where there is no python3 with botocore.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceError } from '../../src/sandbox/service.ts';
import { serviceModels } from '../../src/sandbox/wire/operations.ts';
import { inMatrix } from '../matrix.ts';
import { startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';
import { generatedInput, generatedOutput } from './generated-value.ts';

const hasBotocore = spawnSync('python3', ['-c', 'import botocore']).status === 0;

/**
 * Calls every case that this botocore knows, or only says which they are. Members that it does not know yet are
 * left out of what it sends and expects.
 */
const SCRIPT = String.raw`
import base64, json, sys, datetime
import botocore, botocore.handlers, botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

def known(shape, value):
    if shape is None: return {}
    if shape.type_name == 'structure':
        if getattr(shape, 'is_document_type', False): return value
        return {k: known(shape.members[k], v) for k, v in value.items() if k in shape.members}
    if shape.type_name == 'list': return [known(shape.member, v) for v in value]
    if shape.type_name == 'map': return {k: known(shape.value, v) for k, v in value.items()}
    if shape.type_name == 'timestamp': return EPOCH + datetime.timedelta(milliseconds=value['ms'])
    if shape.type_name == 'blob': return base64.b64decode(value['base64'])
    return value

def plain(value):
    if isinstance(value, datetime.datetime):
        return {'ms': round((value - EPOCH) / datetime.timedelta(milliseconds=1))}
    if isinstance(value, bytes): return {'base64': base64.b64encode(value).decode()}
    if isinstance(value, dict): return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list): return [plain(v) for v in value]
    return value

task = json.load(open(sys.argv[1]))
session = botocore.session.Session()
# What a caller of the AWS CLI writes is encoded for him; here it is what arrives that counts.
session.unregister('before-parameter-build.ec2.RunInstances', botocore.handlers.base64_encode_user_data)
config = Config(parameter_validation=False, inject_host_prefix=False, retries={'max_attempts': 0})
clients, results = {}, []
for case in task['cases']:
    service = case['service']
    if service not in clients:
        clients[service] = session.create_client(service, region_name='us-east-1', endpoint_url=task['url'], config=config,
            aws_access_key_id=task['accessKeyId'], aws_secret_access_key=task['secretAccessKey'])
    client = clients[service]
    model = client.meta.service_model
    if case['action'] not in model.operation_names: continue
    if 'error' in case and case['error'] not in model.shape_names: continue
    if task['onlyKnown']:
        results.append({'index': case['index']})
        continue
    operation = model.operation_model(case['action'])
    sent = known(operation.input_shape, case['input'])
    result = {'index': case['index'], 'sent': plain(sent)}
    try:
        output = client._make_api_call(case['action'], sent)
        output.pop('ResponseMetadata')
        result['expected'] = plain(known(operation.output_shape, case['output']))
        result['output'] = plain(output)
    except ClientError as error:
        result['exception'] = type(error).__name__
        result['code'] = error.response['Error']['Code']
        result['message'] = error.response['Error'].get('Message')
    results.append(result)
json.dump(results, sys.stdout)
`;

interface Case {
  service: string;
  action: string;
  input: unknown;
  output?: unknown;
  error?: string;
}

interface Result {
  index: number;
  sent: unknown;
  expected?: unknown;
  output?: unknown;
  exception?: string;
  code?: string;
  message?: string;
}

/** Its wire code, ResourceNotFound, is another error's too, and clients take that one. */
const SHARED_CODES = ['DashboardNotFoundError'];

/** What botocore calls the services. */
const CLIENT_NAMES: Readonly<Record<string, string>> = { elasticloadbalancing: 'elbv2' };

describe.skipIf(!hasBotocore)('botocore', () => {
  let endpoint: FakeEndpoint;
  let folder: string;
  let running: Case[] = [];
  let received: unknown[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botocore-test-'));
    await writeFile(join(folder, 'calls.py'), SCRIPT);
    const answer = (service: string, action: string) => (input: unknown) => {
      const index = running.findIndex(
        (next, at) => !(at in received) && next.service === service && next.action === action,
      );
      received[index] = input;
      const { error, output } = running[index]!;
      if (error !== undefined) throw new ServiceError(error, `why <${error}>`);
      return output;
    };
    endpoint = await startFakeEndpoint(() =>
      Object.fromEntries(
        [...serviceModels.values()].map(({ service, operations }) => [
          service,
          Object.fromEntries([...operations.keys()].map((action) => [action, answer(service, action)])),
        ]),
      ),
    );
  });

  afterAll(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true });
  });

  /** Calls the cases in their order; those that this botocore does not know are left out. */
  async function run(cases: Case[]): Promise<{ known: Case[]; results: Result[] }> {
    const known = (await python(cases, true)).map(({ index }) => cases[index]!);
    expect(known.length).toBeGreaterThan(cases.length * 0.9);
    running = known;
    received = [];
    return { known, results: await python(known, false) };
  }

  async function python(cases: Case[], onlyKnown: boolean): Promise<Result[]> {
    const task = {
      url: endpoint.url,
      ...endpoint.identity,
      onlyKnown,
      cases: cases.map((each, index) => ({
        ...each,
        index,
        service: CLIENT_NAMES[each.service] ?? each.service,
        input: asPython(each.input),
        output: asPython(each.output ?? {}),
      })),
    };
    await writeFile(join(folder, 'task.json'), JSON.stringify(task));
    const { stdout } = await promisify(execFile)(
      'python3',
      [join(folder, 'calls.py'), join(folder, 'task.json')],
      {
        maxBuffer: 256 * 1024 * 1024,
        env: { PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', PYTHONIOENCODING: 'utf-8' },
      },
    );
    return JSON.parse(stdout) as Result[];
  }

  it('is understood, and understands, in every operation', async () => {
    const cases = [...serviceModels.values()].flatMap(({ service, operations }) =>
      [...operations].map(([action, operation]) => ({
        service,
        action,
        // Botocore sends whole seconds where the wire is JSON.
        input: inWholeSeconds(generatedInput(operation, 3, false)),
        output: generatedOutput(operation, 3),
      })),
    );
    const { known, results } = await run(cases);
    for (const { index, sent, expected, output, message } of results) {
      const { service, action } = known[index]!;
      expect({ service, action, output, message }).toEqual({ service, action, output: expected });
      expect({ service, action, input: asPython(received[index]) }).toEqual({
        service,
        action,
        input: sent,
      });
    }
  });

  inMatrix('raises every modelled error as the exception of its name', async () => {
    const cases = [...serviceModels.values()].flatMap(({ service, namespace, operations }) => {
      const [action, operation] = [...operations][0]!;
      const input = generatedInput(operation, 3, false);
      return errorNames(namespace).map((error) => ({ service, action, input, error }));
    });
    const { known, results } = await run(cases);
    for (const { index, exception, message } of results) {
      const { service, error } = known[index]!;
      expect({ service, exception, message }).toEqual({
        service,
        exception: error,
        message: `why <${error!}>`,
      });
    }
  });

  it("prints the wire's own codes, as the AWS CLI does", async () => {
    const describe = { service: 'elasticache', action: 'DescribeReplicationGroups', input: {} };
    const { results } = await run([
      { ...describe, error: 'ReplicationGroupNotFoundFault' },
      { ...describe, error: 'ReplicationGroupAlreadyExistsFault' },
      { ...describe, error: 'CacheClusterNotFoundFault' },
      {
        service: 'elasticloadbalancing',
        action: 'DescribeTargetGroups',
        input: {},
        error: 'TargetGroupNotFoundException',
      },
    ]);
    expect(results.map(({ code }) => code)).toEqual([
      'ReplicationGroupNotFoundFault',
      'ReplicationGroupAlreadyExists',
      'CacheClusterNotFound',
      'TargetGroupNotFound',
    ]);
  });
});

function errorNames(namespace: string): string[] {
  const names: string[] = [];
  TypeRegistry.for(namespace).find((schema) => {
    const error = NormalizedSchema.of(schema);
    if (error.getOwnTraits().error) names.push(error.getName()!);
    return false;
  });
  return names.filter((name) => !SHARED_CODES.includes(name));
}

/** Dates and bytes in a form that JSON carries to python and back. */
function asPython(value: unknown): unknown {
  return mapLeaves(value, (leaf) =>
    leaf instanceof Date ? { ms: leaf.getTime() } : { base64: Buffer.from(leaf).toString('base64') },
  );
}

function inWholeSeconds(value: unknown): unknown {
  return mapLeaves(value, (leaf) =>
    leaf instanceof Date ? new Date(Math.floor(leaf.getTime() / 1000) * 1000) : leaf,
  );
}

function mapLeaves(value: unknown, map: (leaf: Date | Uint8Array) => unknown): unknown {
  if (value instanceof Date || value instanceof Uint8Array) return map(value);
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapLeaves(item, map)]));
}
