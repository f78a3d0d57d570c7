/** The parameters of an account in a region, each with the versions it has had. */
import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { ParameterArn, Reference } from './parameter-name.ts';
import { parameterNotFound } from './rejection.ts';

/** Parameter Store keeps the last hundred (Systems Manager API reference, PutParameter.Overwrite). */
const MOST_VERSIONS = 100;

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly lastModifiedDate: Date;
}

export interface StoredParameter {
  readonly name: string;
  readonly arn: string;
  readonly type: ParameterType;
  readonly dataType: string;
  /** Of SecureStrings. */
  keyId: string | undefined;
  tier: ParameterTier;
  description: string | undefined;
  allowedPattern: string | undefined;
  /** Oldest first; the last one counts. */
  versions: ParameterVersion[];
  readonly tags: Map<string, string>;
}

interface Found {
  readonly parameter: StoredParameter;
  readonly version: ParameterVersion;
}

export class ParameterStore {
  private readonly parameters = new Map<string, StoredParameter>();
  readonly arn: ParameterArn;

  constructor(arn: ParameterArn) {
    this.arn = arn;
  }

  add(parameter: StoredParameter): void {
    this.parameters.set(parameter.name, parameter);
  }

  find(nameOrArn: string | undefined): StoredParameter | undefined {
    return (
      this.parameters.get(nameOrArn ?? '') ??
      [...this.parameters.values()].find(({ arn }) => arn === nameOrArn)
    );
  }

  /** The parameter with the version asked for; throws when there is none. */
  get(reference: Reference): Found {
    const parameter = this.find(reference.nameOrArn);
    if (!parameter) throw parameterNotFound();
    const found = versionOf(parameter, reference);
    if (!found) {
      throw new ServiceError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${reference.selector ?? ''} of ${parameter.name}. Verify the version and try again.`,
      );
    }
    return found;
  }

  delete(nameOrArn: string | undefined): boolean {
    return this.parameters.delete(this.find(nameOrArn)?.name ?? '');
  }

  /** By name. */
  all(): StoredParameter[] {
    return [...this.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

export function latest({ versions }: StoredParameter): ParameterVersion {
  const last = versions.at(-1);
  if (!last) throw new Error('a parameter has at least one version');
  return last;
}

export function addVersion(parameter: StoredParameter, value: string, lastModifiedDate: Date): void {
  const version = latest(parameter).version + 1;
  parameter.versions = [...parameter.versions, { version, value, lastModifiedDate }].slice(-MOST_VERSIONS);
}

/** Undefined when the parameter never had the version asked for, or no longer has it. */
export function versionOf(parameter: StoredParameter, { version: wanted }: Reference): Found | undefined {
  const version =
    wanted === undefined ? latest(parameter) : parameter.versions.find(({ version }) => version === wanted);
  return version && { parameter, version };
}
