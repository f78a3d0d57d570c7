/** CommandFilter: what ListCommands and ListCommandInvocations can be asked for (Systems Manager API reference). */
import type { CommandFilter } from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { StoredCommand } from './command-store.ts';

type Accepts = (command: StoredCommand, status: string) => boolean;

const FILTERS: Readonly<Record<string, (value: string) => Accepts>> = {
  InvokedAfter: (value) => (command) => command.requestedAt > Date.parse(value),
  InvokedBefore: (value) => (command) => command.requestedAt < Date.parse(value),
  Status: (value) => (_command, status) => status === value,
  DocumentName: (value) => (command) => command.input.DocumentName === value,
};

export function commandFilter(filters: readonly CommandFilter[] = []): Accepts {
  const all = filters.map(({ key = '', value = '' }) => {
    const filter = FILTERS[key];
    if (!filter) throw new ServiceError('InvalidFilterKey', '');
    return filter(value);
  });
  return (command, status) => all.every((accepts) => accepts(command, status));
}
