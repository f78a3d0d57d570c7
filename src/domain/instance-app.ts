/** An app on EC2 instances, as the survey finds it: there is no service to ask, so its instances are named. */
import type { AppNetwork, TargetGroup } from './app.ts';

export interface InstanceApp {
  /** What it is called where nobody says: the name of the group, or of the first instance. */
  readonly name: string;
  readonly instances: readonly AppInstance[];
  readonly network: AppNetwork;
  /** Those in which the instances are registered. */
  readonly targetGroups: readonly TargetGroup[];
  readonly url?: string;
  /** The instance profile's roles: they read the values from Parameter Store. */
  readonly roleArns: readonly string[];
}

export interface AppInstance {
  readonly instanceId: string;
  readonly privateIpAddress: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** The groups of its network interface. */
  readonly securityGroupIds: readonly string[];
  /** Whether commands reach it through SSM; the reason where they do not. */
  readonly agent: 'online' | { readonly missing: string };
}

/** What is known of it without its network: enough to send it commands, and to see that it is healthy. */
export type RunningInstances = Pick<InstanceApp, 'name' | 'instances' | 'targetGroups'>;
