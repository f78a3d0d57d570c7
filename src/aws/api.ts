/** One AWS service's API: calls are counted, virtual time holds while they last, and failures come back as sentences. */
import type { Client, Command, MetadataBearer } from '@smithy/types';
import type { Clock } from '../clock.ts';
import { awsErrorOf } from './aws-error.ts';
import { atATime } from './batches.ts';
import { toWizardError } from './failures.ts';
import { refuseWebPages } from './web-page.ts';

export interface CallCounts {
  reads: number;
  writes: number;
}

/** `doing` opens the sentence of a failure: 'Reading the VPC vpc-0a1b'. */
export type Send<Input extends object, Output extends MetadataBearer, Config> = <
  In extends Input,
  Out extends Output,
>(
  doing: string,
  command: Command<Input, In, Output, Out, Config>,
) => Promise<Out>;

/** More at once bring nothing but throttling: what describes a service is mostly limited to some ten calls a second. */
const AT_ONCE = 8;

/** `prefix` is the service's name in IAM; the client is made at the first call. */
export function sender<Input extends object, Output extends MetadataBearer, Config>(
  prefix: string,
  client: () => Client<Input, Output, Config>,
  clock: Clock,
  counts: CallCounts,
): Send<Input, Output, Config> {
  let made: Client<Input, Output, Config> | undefined;
  let reached = false;
  const inTurn = atATime(AT_ONCE);
  return (doing, command) => {
    let action = prefix;
    let host: string | undefined;
    // The command's class name may be another one in a bundle; the context has the model's.
    command.middlewareStack.add(
      (next, context) => (args) => {
        const operation = (context.commandName ?? '').replace(/Command$/, '');
        action = `${prefix}:${operation}`;
        counts[/^(Describe|List|Get|Filter|Simulate)/.test(operation) ? 'reads' : 'writes'] += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    command.middlewareStack.add(
      (next) => (args) => {
        host = hostOf(args.request);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    command.middlewareStack.add(refuseWebPages(), { step: 'deserialize', priority: 'low' });
    const opened = (made ??= unlogged(client()));
    return clock.busy(
      inTurn(() => opened.send(command)).then(
        (answer) => {
          reached = true;
          return answer;
        },
        (error: unknown) => {
          reached ||= awsErrorOf(error).httpStatus !== undefined;
          throw toWizardError(error, doing, action, host, reached);
        },
      ),
    );
  };
}

/** The SDK copies what is asked and answered, without what is secret, for a logger that does nothing. */
function unlogged<Input extends object, Output extends MetadataBearer, Config>(
  client: Client<Input, Output, Config>,
): Client<Input, Output, Config> {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

function hostOf(request: unknown): string | undefined {
  const { hostname, port } = request as { hostname?: string; port?: number };
  return port === undefined ? hostname : `${hostname ?? ''}:${port}`;
}
