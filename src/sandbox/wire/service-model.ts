/** A service as the wire knows it: its names, its protocols, and the operations that the sandbox may carry. */
import type { StaticOperationSchema } from '@smithy/types';
import type { Wire, WireRequest } from './wire.ts';

export interface ServiceModel {
  /** The IAM prefix: 'elasticloadbalancing'. */
  readonly service: string;
  /** Mostly the IAM prefix again; CloudWatch is 'monitoring'. */
  readonly signingName: string;
  /** The model's namespace: 'com.amazonaws.elasticloadbalancingv2'. */
  readonly namespace: string;
  /** Most services speak one protocol. */
  readonly wireOf: (request: WireRequest) => Wire;
  readonly operations: ReadonlyMap<string, StaticOperationSchema>;
}

export function serviceModel(
  service: string,
  wire: Wire | ServiceModel['wireOf'],
  operations: readonly [StaticOperationSchema, ...StaticOperationSchema[]],
  signingName = service,
): ServiceModel {
  return {
    service,
    signingName,
    namespace: operations[0][1],
    wireOf: typeof wire === 'function' ? wire : () => wire,
    operations: new Map(operations.map((operation) => [operation[2], operation])),
  };
}
