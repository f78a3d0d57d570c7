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

/** Most projects have no such group: its client is loaded with the first call. */
export function autoScalingOnUse(load: () => Promise<AutoScaling>): AutoScaling {
  let loaded: Promise<AutoScaling> | undefined;
  const autoScaling = (): Promise<AutoScaling> => (loaded ??= load());
  return {
    readInstanceIds: async (group) => (await autoScaling()).readInstanceIds(group),
    listGroups: async () => (await autoScaling()).listGroups(),
  };
}
