/** The commands that mend a drift, word by word: quoting is the screen's. */

/** What names a project's app and cache to `setup`. */
export interface Naming {
  readonly project: string;
  readonly ecsCluster: string;
  readonly service: string;
  /** The flags of an app on instances, in place of cluster and service. */
  readonly instances?: readonly string[];
  readonly cacheName: string;
  /** False where the project was set up without them. */
  readonly stickiness: boolean;
  /** That of the app which is to lead to the cache; named, it is given the address whatever it holds. */
  readonly variable: string | undefined;
  /** `--region eu-west-1 --profile ops`: both tools take them. */
  readonly where: readonly string[];
}

/** What is not given stays as it is, so that only what the project needs is named. */
export function setupCommand(naming: Naming, more: readonly string[] = []): string[] {
  const { project, ecsCluster, service, instances, cacheName, variable, stickiness, where } = naming;
  return [
    ...['elasticache-wizard', 'setup', ...(instances ?? ['--ecs-cluster', ecsCluster, '--service', service])],
    ...['--cache-name', cacheName],
    ...(project === service ? [] : ['--project', project]),
    ...(variable === undefined ? [] : ['--env-var', variable]),
    ...(stickiness ? [] : ['--no-stickiness']),
    ...more,
    ...where,
  ];
}

/** `aws ec2 create-tags …`, for what `setup` leaves alone. */
export function awsCommand(where: readonly string[], ...words: readonly string[]): string[] {
  return ['aws', ...words, ...where];
}

/** As the AWS CLI takes tags. Ours hold neither commas nor quotes. */
export function tagWords(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([key, value]) => `Key=${key},Value=${value}`);
}
