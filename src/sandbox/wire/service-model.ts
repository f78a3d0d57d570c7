/** A service as the wire knows it: its names, its protocol, and the operations that the sandbox may carry. */
import type { StaticOperationSchema } from '@smithy/types';
import type { Wire } from './wire.ts';

export interface ServiceModel {
  /** The IAM prefix, which is the name it signs with too: 'elasticloadbalancing'. */
  readonly service: string;
  /** The model's namespace: 'com.amazonaws.elasticloadbalancingv2'. */
  readonly namespace: string;
  readonly wire: Wire;
  readonly operations: ReadonlyMap<string, StaticOperationSchema>;
}

export function serviceModel(
  service: string,
  wire: Wire,
  operations: readonly [StaticOperationSchema, ...StaticOperationSchema[]],
): ServiceModel {
  return {
    service,
    namespace: operations[0][1],
    wire,
    operations: new Map(operations.map((operation) => [operation[2], operation])),
  };
}
