/** ARNs, as far as a reader needs them. */

/** What follows the last slash: a service's name, 'collabcanvas-backend:7' of a revision, a task's id. A name stays as it is. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
