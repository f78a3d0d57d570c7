/** Session Manager behind its interface. */
import { StartSessionCommand, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import type { ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig } from '@aws-sdk/client-ssm';
import type { Send } from './api.ts';
import { valueOn } from './expected.ts';
import type { SsmSessions } from './ssm-sessions.ts';

const DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost';

export function ssmSessionsGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>,
): SsmSessions {
  return {
    async start({ target, host, port, localPort }) {
      const request = {
        Target: target,
        DocumentName: DOCUMENT,
        Reason: 'elasticache-wizard connect',
        Parameters: {
          host: [host],
          portNumber: [String(port)],
          ...(localPort === undefined ? {} : { localPortNumber: [String(localPort)] }),
        },
      };
      return valueOn(undefined, ['target not connected'], async () => {
        const answer = await send(`Starting a session through ${target}`, new StartSessionCommand(request));
        const { SessionId = '', StreamUrl = '', TokenValue = '' } = answer;
        return { sessionId: SessionId, request, response: { SessionId, StreamUrl, TokenValue } };
      });
    },

    async terminate(SessionId) {
      await send(`Ending the session ${SessionId}`, new TerminateSessionCommand({ SessionId }));
    },
  };
}
