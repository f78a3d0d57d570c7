/** Passwords, encryption, backups and the network around a cache. */
import { isKeyName } from '../../domain/kms-key.ts';
import { isGiven } from '../../domain/settings.ts';
import { LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const PROTECTION_RULES: readonly Rule[] = [
  ({ inputs: { auth, transitEncryption, serverless }, said, say, because }) =>
    auth.value !== 'none' &&
    !serverless.value &&
    !transitEncryption.value && {
      problem: `${because('auth')} makes a password, which AWS takes only with TLS, and ${said('transitEncryption')} turns that off`,
      fix: `Leave out ${said('transitEncryption')}, or say ${say('auth', 'none')}.`,
    },
  ({ inputs: { requireTls, transitEncryption }, name, said }) =>
    requireTls.value &&
    !transitEncryption.value && {
      problem: `${name('requireTls')} takes TLS from every client, and ${said('transitEncryption')} gives it to none`,
      fix: LEAVE_ONE_OUT,
    },
  ({ inputs: { auth, secrets }, said, say, because }) =>
    auth.value !== 'none' &&
    secrets.value === 'none' && {
      problem: `${because('auth')} makes a password, and ${said('secrets')} leaves no place to keep it`,
      fix: `Say ${say('secrets', 'secretsmanager')} or ${say('secrets', 'ssm')}, or ${say('auth', 'none')}.`,
    },
  ({ inputs: { auth, adopt }, name, said, because }) =>
    adopt.value &&
    auth.value === 'rbac' && {
      problem: `${because('auth')} would put a user group of ours on the cache that ${name('adopt')} takes on, and it could not be taken off again`,
      fix: `Leave out ${said('auth')} or ${name('adopt')}.`,
    },
  ({ inputs: { kmsKeyId, atRestEncryption, serverless }, name, said }) =>
    kmsKeyId !== undefined &&
    !serverless.value &&
    !atRestEncryption.value && {
      problem: `${name('kmsKeyId')} is the key of the encryption at rest, which ${said('atRestEncryption')} turns off`,
      fix: LEAVE_ONE_OUT,
    },
  ({ inputs: { kmsKeyId }, said }) =>
    kmsKeyId !== undefined &&
    !isKeyName(kmsKeyId.value) && {
      problem: `${said('kmsKeyId')} is neither the id of a key, nor alias/<name>, nor the ARN of either`,
      fix: 'aws kms list-keys and list-aliases name those that there are.',
    },
  ({ inputs: { snapshotWindow, snapshotRetention }, name, said, say }) =>
    snapshotWindow !== undefined &&
    isGiven(snapshotRetention) &&
    snapshotRetention.value === 0 && {
      problem: `${name('snapshotWindow')} says when backups are made, and ${said('snapshotRetention')} makes none`,
      fix: `Say ${say('snapshotRetention', 1)} or more.`,
    },
  ({ inputs: { cacheName, securityGroupName }, name, say }) =>
    securityGroupName === undefined &&
    cacheName?.value.startsWith('sg-') === true && {
      problem: `${name('cacheName')} "${cacheName.value}" would name a security group "${cacheName.value}-sg", and AWS takes none that begins with sg-`,
      fix: `Choose another, or say ${say('securityGroupName', 'my-cache')}.`,
    },
  ({ inputs: { subnets }, name }) =>
    subnets?.value.length === 1 && {
      problem: `${name('subnets')} names one subnet, and a cache needs two in different zones to be able to fail over`,
      fix: `Name a second one, or leave ${name('subnets')} out to have them chosen.`,
    },
  ({ inputs: { subnets, subnetGroup }, name }) =>
    subnets !== undefined &&
    subnetGroup !== undefined && {
      problem: `${name('subnetGroup')} has its own subnets, and ${name('subnets')} names others`,
      fix: LEAVE_ONE_OUT,
    },
  ({ inputs: { subnetGroup, subnetGroupName }, name }) =>
    subnetGroup !== undefined &&
    subnetGroupName !== undefined && {
      problem: `${name('subnetGroup')} exists already, and ${name('subnetGroupName')} names one to be made`,
      fix: LEAVE_ONE_OUT,
    },
];
