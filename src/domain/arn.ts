/** ARNs, as far as a reader needs them. */

/** `…:service/cluster/name`; ARNs from before 2018 have no cluster, and then it is the account's default one. */
export function serviceParts(serviceArn: string): { ecsCluster: string; name: string } {
  const [name = '', ecsCluster] = serviceArn.split('/').slice(1).reverse();
  return { ecsCluster: ecsCluster ?? 'default', name };
}

/** What follows the last slash: a service's name, 'collabcanvas-backend:7' of a revision, a task's id. A name stays as it is. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
