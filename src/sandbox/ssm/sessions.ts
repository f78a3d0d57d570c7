/**
 * Session Manager: sessions that forward a port of the caller's machine to a host that the target reaches. The one
 * document here is AWS-StartPortForwardingSessionToRemoteHost.
 */
import { randomBytes } from 'node:crypto';
import type {
  DescribeSessionsRequest,
  DescribeSessionsResponse,
  Session,
  StartSessionRequest,
  StartSessionResponse,
  TerminateSessionRequest,
  TerminateSessionResponse,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { NetworkInterface } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { page } from './paging.ts';
import { invalid } from './rejection.ts';
import { createSessionGateway, type ForwardedPort } from './session-gateway.ts';

const DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost';
const MOST_ON_A_PAGE = 200;

/** Where the agent of a target is in the network; undefined where none is connected. */
export type SessionTargets = (target: string) => NetworkInterface | undefined;

export interface SessionsOptions {
  readonly clock: Clock;
  /** Of the caller. */
  readonly userArn: string;
  readonly targets: SessionTargets;
  readonly fabric: Pick<Fabric, 'lookup' | 'route'>;
}

interface StoredSession {
  readonly session: Session & { readonly SessionId: string };
  readonly forwarded: ForwardedPort;
}

export function createSessions({ clock, userArn, targets, fabric }: SessionsOptions) {
  const sessions = new Map<string, StoredSession>();
  const gateway = createSessionGateway({
    fabric,
    admit: (sessionId, token) => {
      const stored = sessions.get(sessionId);
      const isOpen = stored?.session.Status === 'Connected' && stored.forwarded.token === token;
      return isOpen ? stored.forwarded : undefined;
    },
  });

  const operations = {
    async StartSession(input: StartSessionRequest): Promise<StartSessionResponse> {
      const { Target = '', DocumentName = '', Reason } = input;
      if (DocumentName !== DOCUMENT) {
        throw new ServiceError('InvalidDocument', `Document with name ${DocumentName} does not exist.`);
      }
      const parameters = parametersOf(input);
      const from = targets(Target);
      if (!from) throw new ServiceError('TargetNotConnected', `${Target} is not connected.`);
      const userName = userArn.slice(userArn.lastIndexOf('/') + 1);
      const SessionId = `${userName}-${randomBytes(9).toString('hex').slice(0, 17)}`;
      const token = randomBytes(96).toString('base64');
      const StartDate = new Date(clock.now());
      sessions.set(SessionId, {
        session: { SessionId, Target, Status: 'Connected', StartDate, DocumentName, Owner: userArn, Reason },
        forwarded: { ...parameters, token, from },
      });
      const address = await gateway.listening();
      const StreamUrl = `ws://${address}/v1/data-channel/${SessionId}?role=publish_subscribe`;
      return { SessionId, TokenValue: token, StreamUrl };
    },

    /** One that is over stays as it is; the API reference has no error for one that never was. */
    TerminateSession({ SessionId = '' }: TerminateSessionRequest): TerminateSessionResponse {
      const stored = sessions.get(SessionId);
      if (stored?.session.Status === 'Connected') {
        Object.assign(stored.session, { Status: 'Terminated', EndDate: new Date(clock.now()) });
        gateway.drop(SessionId);
      }
      return { SessionId };
    },

    DescribeSessions(input: DescribeSessionsRequest): DescribeSessionsResponse {
      const isActive = input.State === 'Active';
      const found = [...sessions.values()]
        .map(({ session }) => session)
        .filter(({ Status }) => (Status === 'Connected') === isActive)
        .reverse();
      const { items, next } = page(found, input, MOST_ON_A_PAGE);
      return { Sessions: items, ...next };
    },
  };
  return { operations, close: () => gateway.close() };
}

/** The document's own patterns and defaults: without a port it is 80, without a local one the plugin chooses. */
function parametersOf({ Parameters = {} }: StartSessionRequest) {
  const { host = [], portNumber = ['80'], localPortNumber = ['0'], ...unknown } = Parameters;
  const [unknownName] = Object.keys(unknown);
  if (unknownName !== undefined) throw invalid(`Parameter: ${unknownName} is not defined in the document`);
  if (!host[0]) throw invalid('Parameter: host is required but not provided');
  for (const port of [portNumber[0] ?? '', localPortNumber[0] ?? '']) {
    if (!/^\d{1,5}$/.test(port))
      throw invalid(`Parameter: a port has the value ${port}, which its pattern does not allow`);
  }
  return { host: host[0], port: Number(portNumber[0]), localPort: Number(localPortNumber[0]) };
}
