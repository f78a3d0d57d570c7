/** Finds what the wire says for a thrown error: clients look for the wire code, handlers throw the shape's name. */
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import type { ServiceError } from '../service.ts';
import type { Wire, WireError } from './wire.ts';

interface ModelledError {
  readonly wireCode: string | undefined;
  readonly status: number;
  readonly fault: 'client' | 'server';
}

/**
 * The clients register their errors when they are loaded; a code that no model knows passes through as it is. Only
 * the query protocols speak of wire codes: 30 errors of Systems Manager have one in the model, and its JSON does not.
 */
export function wireError(namespace: string, error: ServiceError, errorCodes: Wire['errorCodes']): WireError {
  const modelled = modelledError(namespace, error.shape);
  const status = error.status ?? modelled?.status ?? 400;
  const queryCode = modelled?.wireCode ?? error.shape;
  return {
    code: errorCodes === 'wire codes' ? queryCode : error.shape,
    queryCode,
    message: error.message,
    status,
    fault: modelled?.fault ?? (status >= 500 ? 'server' : 'client'),
  };
}

const modelledErrors = new Map<string, ModelledError | undefined>();

function modelledError(namespace: string, shape: string): ModelledError | undefined {
  const id = `${namespace}#${shape}`;
  if (!modelledErrors.has(id)) modelledErrors.set(id, readModelledError(namespace, id));
  return modelledErrors.get(id);
}

function readModelledError(namespace: string, id: string): ModelledError | undefined {
  const schema = TypeRegistry.for(namespace).find(
    (candidate) => NormalizedSchema.of(candidate).getName(true) === id,
  );
  if (!schema) return undefined;
  const error = NormalizedSchema.of(schema);
  const { error: fault, httpError, awsQueryError } = error.getOwnTraits();
  if (!fault) return undefined;
  const [queryCode, queryStatus] = Array.isArray(awsQueryError) ? (awsQueryError as [string, number]) : [];
  return {
    wireCode: queryCode,
    status: queryStatus ?? (typeof httpError === 'number' ? httpError : fault === 'server' ? 500 : 400),
    fault,
  };
}
