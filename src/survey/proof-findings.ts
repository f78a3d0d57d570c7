/** Whether the refreshes may be asked as they would be. */
import { headersInClear } from '../domain/clear-text.ts';
import type { Finding, NetworkSituation } from './finding.ts';

export const clearText = ({ app, settings: { proof } }: NetworkSituation): Finding[] => {
  const asked = proof.verify && proof.refreshPath !== undefined;
  const unsafe = asked ? headersInClear(proof, app.url) : undefined;
  if (!unsafe) return [];
  const { problem, hint } = unsafe;
  const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return [{ severity: 'block', code: 'headers-in-clear', errorCode: 'InvalidInput', message, hint }];
};
