/** How the behaviour of an AWS service is written: a table of operations over decoded inputs. */

/** One API call as it arrived. */
export interface Call {
  /** The IAM prefix: 'cloudwatch', 'elasticache', 'ec2', 'ecs', 'elasticloadbalancing', 'iam', 'logs', 'secretsmanager', 'sns', 'ssm', 'sts'. */
  readonly service: string;
  /** The operation's name in the service model: 'CreateReplicationGroup'. */
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly requestId: string;
}

/** Takes the decoded input, returns the output to encode, or throws a ServiceError. */
export type Handler<Input, Output> = (input: Input, call: Call) => Output | Promise<Output>;

/**
 * The operations of one service by their model names. Each service's file types its own handlers with the
 * SDK's request and response types; the endpoint only needs to know that they are functions.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the table mixes the types of many operations
export type Operations = Readonly<Record<string, Handler<any, any>>>;

/**
 * An AWS error. `shape` is the modelled shape's name ('ReplicationGroupNotFoundFault') where the service models
 * its errors, else the wire code itself ('InvalidGroup.NotFound', 'Throttling'); the codec finds the wire code and status.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly shape: string;
  /** HTTP status, for codes that no model knows; 400 when absent. */
  readonly status: number | undefined;

  constructor(shape: string, message: string, status?: number) {
    super(message);
    this.shape = shape;
    this.status = status;
  }
}
