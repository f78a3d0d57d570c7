/** The policy that a caller is held to: an IAM document, refused where the sandbox could only half obey it. */
import { WizardError } from '../../errors.ts';
import { parsePolicyDocument, PolicyDocumentError } from '../iam/policy/document.ts';
import type { PolicyDocument } from '../iam/policy/document.ts';
import { unknownContextKeys } from './authorisation/context-keys.ts';

export function enforceablePolicy(source: unknown): PolicyDocument {
  try {
    const document = parsePolicyDocument(source);
    const unknown = unknownContextKeys(document);
    if (unknown.length > 0) {
      throw new PolicyDocumentError(
        `the condition key ${unknown.join(', ')} cannot be enforced by the sandbox`,
      );
    }
    return document;
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    throw new WizardError('InvalidInput', `reading the policy document: ${error.message}`, { cause: error });
  }
}
