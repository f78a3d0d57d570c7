/** Rules of security groups: what one of them lets through. */

/** One source or destination of one rule. `fromPort` -1 is every port, protocol '-1' every protocol. */
export interface Permission {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly source:
    { readonly groupId: string } | { readonly cidr: string } | { readonly prefixListId: string };
  readonly description?: string;
}

/** Whether TCP at this port is among what the rule is about. */
export function coversPort({ protocol, fromPort, toPort }: Permission, port: number): boolean {
  if (protocol === '-1') return true;
  // EC2 takes protocols by name or by number, and gives them back as they were given.
  if (protocol !== 'tcp' && protocol !== '6') return false;
  return fromPort === -1 || (fromPort <= port && port <= toPort);
}
