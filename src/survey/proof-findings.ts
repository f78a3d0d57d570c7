/** Whether the refreshes may be asked as they would be. */
import { sendsHeadersInClear } from '../domain/clear-text.ts';
import type { Inspection } from './finding.ts';

export const clearText: Inspection = ({ app, settings: { proof } }) => {
  const asked = proof.verify && proof.refreshPath !== undefined;
  if (!asked || !sendsHeadersInClear(proof, app.url)) return [];
  return [
    {
      severity: 'block',
      code: 'headers-in-clear',
      errorCode: 'InvalidInput',
      message: `The refreshes would send ${Object.keys(proof.headers).join(', ')} unencrypted to ${app.url}`,
      hint: 'Give --app-url https://… with the name of the app’s certificate; --app-url http://… if plain HTTP is meant.',
    },
  ];
};
