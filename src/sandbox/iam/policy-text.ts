/** Policy documents as IAM takes them, as JSON text, and gives them, URL-encoded. */
import { z } from 'zod';
import { ServiceError } from '../service.ts';
import { parsePolicyDocument, PolicyDocumentError } from './policy/document.ts';
import type { PolicyDocument } from './policy/document.ts';

export function readPolicyText(text: string): PolicyDocument {
  try {
    return parsePolicyDocument(parseJson(text));
  } catch (error) {
    if (error instanceof PolicyDocumentError) throw malformed(error.message);
    throw error;
  }
}

const trustSchema = z.looseObject({
  Statement: z.preprocess(
    (statements) => [statements].flat(),
    z
      .array(
        z.looseObject({ Effect: z.enum(['Allow', 'Deny']), Action: z.unknown(), Principal: z.unknown() }),
      )
      .min(1),
  ),
});

/** A trust policy is kept as it is: nobody assumes roles here but ECS. */
export function checkTrustPolicyText(text: string): void {
  const parsed = trustSchema.safeParse(parseJson(text));
  if (!parsed.success) throw malformed(z.prettifyError(parsed.error));
}

/** IAM API reference, Policy.Document: "URL-encoded JSON, compliant with RFC 3986". */
export function encodedDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed('Syntax errors in policy.');
    throw error;
  }
}

function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocumentException', message);
}
