/** What inputs must be to each other. Each rule is a sentence with the flag that mends it, before any call to AWS. */
import { partitionOf } from '../domain/iam/scope.ts';
import { versionProblem } from '../domain/engine-version.ts';
import { isGiven } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import type { Inputs } from './resolve.ts';

interface Broken {
  readonly problem: string;
  readonly fix: string;
}

type Rule = (inputs: Inputs) => Broken | false;

const RULES: readonly Rule[] = [
  ({ multiAz, replicas }) =>
    multiAz.value &&
    isGiven(replicas) &&
    replicas.value === 0 && {
      problem: `${isGiven(multiAz) ? '--multi-az' : '--preset production'} needs a replica to fail over to, and --replicas is 0`,
      fix: isGiven(multiAz) ? 'Say --replicas 1.' : 'Say --replicas 1, or add --no-multi-az.',
    },
  // A version alone may be meant for a cache that is there, of whichever engine; a new one is judged in the plan.
  ({ engine, engineVersion }) =>
    isGiven(engine) &&
    engineVersion !== undefined &&
    (versionProblem(engine.value, engineVersion.value) ?? false),
  ({ kmsKeyId, atRestEncryption }) =>
    kmsKeyId !== undefined &&
    !atRestEncryption.value && {
      problem: '--kms-key-id is the key of the encryption at rest, which --no-at-rest-encryption turns off',
      fix: 'Leave one of the two out.',
    },
  ({ snapshotWindow, snapshotRetention }) =>
    snapshotWindow !== undefined &&
    isGiven(snapshotRetention) &&
    snapshotRetention.value === 0 && {
      problem: '--snapshot-window says when backups are made, and --snapshot-retention 0 makes none',
      fix: 'Say --snapshot-retention 1 or more.',
    },
  ({ cacheName }) =>
    cacheName?.value.startsWith('sg-') === true && {
      problem: `--cache-name "${cacheName.value}" would name a security group "${cacheName.value}-sg", and AWS takes none that begins with sg-`,
      fix: 'Choose another --cache-name.',
    },
  ({ subnets }) =>
    subnets?.value.length === 1 && {
      problem: '--subnets names one subnet, and a cache needs two in different zones to be able to fail over',
      fix: 'Name a second one, or leave --subnets out to have them chosen.',
    },
  ({ refreshPath, refreshValue }) =>
    refreshValue !== undefined &&
    refreshPath === undefined && {
      problem: '--refresh-value says what to compare, but not where',
      fix: 'Add --refresh-path.',
    },
  ({ refreshPath, refreshValue }) =>
    refreshPath !== undefined &&
    refreshValue === undefined && {
      problem: '--refresh-path says where to look, but not what to compare',
      fix: "Add --refresh-value '$.count', '/count: (\\d+)/' or body.",
    },
  ({ stickiness, stickinessSeconds }) =>
    isGiven(stickinessSeconds) &&
    !stickiness.value && {
      problem: '--stickiness-seconds has no meaning with --no-stickiness',
      fix: 'Leave one of the two out.',
    },
  ({ partition, region }) =>
    partition !== undefined &&
    region !== undefined &&
    partition.value !== partitionOf(region.value) && {
      problem: `--region ${region.value} is in the partition ${partitionOf(region.value)}, not in ${partition.value}`,
      fix: 'Leave one of the two out.',
    },
];

/** Throws one error for all the rules that are broken. */
export function checkRules(inputs: Inputs): void {
  const broken = RULES.map((rule) => rule(inputs)).filter((answer) => answer !== false);
  if (broken.length === 0) return;
  throw new WizardError('InvalidInput', broken.map(({ problem }) => problem).join('; '), {
    hint: broken.map(({ fix }) => fix).join(' '),
  });
}
