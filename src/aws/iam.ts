/** What a principal may do, as far as IAM can tell, and what a role is given to do more. */

export interface Iam {
  /** With its path, which a session's ARN does not have. Undefined: there is no such role. */
  readRoleArn(roleName: string): Promise<string | undefined>;
  /** Of an instance profile: what programs on its instances may do is what these may. */
  readProfileRoleArns(instanceProfileName: string): Promise<string[]>;
  /** An inline policy, as its JSON; undefined: the role has none of that name. */
  readRolePolicy(roleName: string, policyName: string): Promise<string | undefined>;
  /** Overwrites one of that name. */
  putRolePolicy(roleName: string, policyName: string, document: string): Promise<void>;
  /** Gone is success. */
  deleteRolePolicy(roleName: string, policyName: string): Promise<void>;
  /** One answer for each action on each resource. */
  simulate(principalArn: string, request: SimulatedRequest): Promise<Simulated[]>;
}

export interface SimulatedRequest {
  readonly actions: readonly string[];
  /** ARNs, or '*' alone for actions that AWS has no resources for. */
  readonly resources: readonly string[];
  /** What the request would say of itself: condition keys and their values. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export interface Simulated {
  readonly action: string;
  readonly resource: string;
  /**
   * 'forbidden': a policy denies it explicitly, so that no other can allow it. 'perhaps': the policies at hand deny it, but for a condition that nobody can know before the real request, or by
   * an organisation's policy, whose conditions the simulator does not weigh (IAM user guide, "IAM policy simulator").
   */
  readonly decision: 'allowed' | 'denied' | 'forbidden' | 'perhaps';
}
