/** The Smithy RPC v2 CBOR protocol, of services that once spoke the query protocol: the operation in the path, documents in CBOR. */
import { CborCodec } from '@smithy/core/cbor';
import { NormalizedSchema } from '@smithy/core/schema';
import { ServiceError } from '../service.ts';
import { jsonErrors, queryErrorHeader } from './aws-json.ts';
import type { Wire, WireAnswer } from './wire.ts';

interface CborOptions {
  /** The error's name when required members are missing. */
  readonly missingMembers: string;
}

const codec = new CborCodec();
/** A document without a schema of its own (Smithy, "prelude"). */
const DOCUMENT = NormalizedSchema.of(15);

export function rpcV2Cbor({ missingMembers }: CborOptions): Wire {
  return {
    errors: jsonErrors(missingMembers),
    errorCodes: 'shapes',
    action: ({ path }) => /\/operation\/(\w+)$/.exec(path)?.[1] ?? '',
    input: (operation, { bytes }) => {
      if (bytes.length === 0) return {};
      try {
        const document: unknown = codec.createDeserializer().read(NormalizedSchema.of(operation[4]), bytes);
        return document;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        throw new ServiceError('SerializationException', 'The request is not a CBOR document.');
      }
    },
    answer: (operation, output) => document(200, NormalizedSchema.of(operation[5]), output),
    failure: (error) => ({
      ...document(error.status, DOCUMENT, { __type: error.code, message: error.message }),
      headers: { ...PROTOCOL, ...queryErrorHeader(error) },
    }),
  };
}

const PROTOCOL = { 'smithy-protocol': 'rpc-v2-cbor' };

export function isRpcV2Cbor(headers: Readonly<Record<string, string | undefined>>): boolean {
  return headers['smithy-protocol'] === PROTOCOL['smithy-protocol'];
}

function document(status: number, schema: NormalizedSchema, value: unknown): WireAnswer {
  const serializer = codec.createSerializer();
  serializer.write(schema, value ?? {});
  return { status, contentType: 'application/cbor', headers: PROTOCOL, body: serializer.flush() };
}
