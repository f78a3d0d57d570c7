/** Which engines and versions this program sets up. */
export interface VersionProblem {
  readonly problem: string;
  readonly fix: string;
}

/** Why the two do not go together; undefined where they do, as far as can be told without asking AWS. */
export function versionProblem(engine: 'redis' | 'valkey', version: string): VersionProblem | undefined {
  if (engine === 'redis' && !version.startsWith('7.')) {
    return {
      problem: `Redis OSS ${version} cannot be set up: Redis OSS 7.0 and 7.1 can`,
      fix: 'Say --engine-version 7.1, or --engine valkey.',
    };
  }
  if (engine === 'valkey' && /^[1-6]\.|^7\.[01]$/.test(version)) {
    return {
      problem: `Valkey has no version ${version}: it begins with 7.2`,
      fix: 'Say --engine-version 8.0.',
    };
  }
  return undefined;
}
