/** The names, ids and figures of a test's account, taken out of what the product said there: `<cache>` in the place of `canvas-redis`. */

/** What is called what, longer names first: a name may stand in another. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/arn:aws:[^\s,;"'”]+/g, 'arn'],
  [/(elasticache-wizard\/)?collabcanvas-backend\/collabcanvas-redis\/\w+/g, 'secret'],
  [/elasticache-wizard\/collabcanvas-backend\/[\w/-]+/g, 'secret'],
  [/collabcanvas-redis|\bcanvas-redis|\bfar\b(?=[. ])/g, 'cache'],
  [/collabcanvs-redis/g, 'misspelt-cache'],
  [/collabcanvas-tasks-sg/g, 'app-sg'],
  [/\b(?:collab)?canvas-execution/g, 'execution-role'],
  [/(?<=collabcanvas-backend:|\bcanvas:)\d+/g, 'revision'],
  [/\bcanvas(?=:<revision)/g, 'family'],
  [/(?<=--project )canvas\b/g, 'project'],
  [/\b(?:collab)?canvas-backend/g, 'service'],
  [/\b(?:collab)?canvas\b/g, 'cluster'],
  [/(?<=set in |container |\bof )backend\b/g, 'container'],
  [/\b[0-9a-z]{6}(?=\.[\w.]*cache\.amazonaws\.com)/g, 'id'],
  [/\bsg-(?:[0-9a-f]{8,}|app|cache)/g, 'sg'],
  [/\bsubnet-(?:[0-9a-f]{8,}|\d)/g, 'subnet'],
  [/\bvpc-(?:[0-9a-f]{8,}|\d)/g, 'vpc'],
  [/\bacl-[0-9a-f]{8,}/g, 'acl'],
  [/\bpcx-[0-9a-f]{8,}/g, 'pcx'],
  [/\brtb-[0-9a-f]{8,}/g, 'route-table'],
  [/\b(?!0\.0\.0\.0\/0)\d+\.\d+\.\d+\.\d+\/\d+/g, 'cidr'],
  [/\b10\.\d+\.\d+\.\d+|\b127\.0\.0\.1:1\b/g, 'address'],
  [/\b[a-z]{2}-[a-z]+-\d[a-f]\b/g, 'zone'],
  [/\b[a-z]{2}-[a-z]+-\d\b/g, 'region'],
  [/\b\d{12}\b/g, 'account'],
  [/\b[0-9a-f]{32}\b|(?<!cache\.)\bt\d\b/g, 'task'],
];

/** Of one report: the second security group that it speaks of is `<sg-2>` wherever it does. */
export function placeholders(): (text: string) => string {
  const known = new Map<string, string[]>();
  const placeholderOf = (kind: string, name: string): string => {
    const names = known.get(kind) ?? [];
    known.set(kind, names);
    if (!names.includes(name)) names.push(name);
    const at = names.indexOf(name) + 1;
    return at === 1 ? `<${kind}>` : `<${kind}-${at}>`;
  };
  return (text) => {
    const named = NAMES.reduce(
      (told, [pattern, kind]) => told.replace(pattern, (name) => placeholderOf(kind, name)),
      text,
    );
    // How many there are is the account's.
    return named.replace(/(<([a-z]+)>)(, <\2-\d+>)+/g, '$1, …');
  };
}
