/** Auto Scaling groups: which instances serve by now. */

export interface AutoScalingGroup {
  readonly name: string;
  /** Of those that are InService. */
  readonly instanceIds: readonly string[];
  readonly targetGroupArns: readonly string[];
}

export interface AutoScaling {
  /** Of those that are InService; undefined: there is no such group. */
  readInstanceIds(group: string): Promise<string[] | undefined>;
  listGroups(): Promise<AutoScalingGroup[]>;
}
