/** Files that are named again on the way back: each says itself of which app it is. */
import { notedName } from '../../domain/instance-place.ts';
import { envFileOwner } from './env-file.ts';

/** `app`: by its noted name; undefined: any of the project. */
export function isEnvFileOf(file: string, project: string, app?: string): boolean {
  const owner = envFileOwner(file);
  if (typeof owner !== 'object' || owner.project !== project) return false;
  return app === undefined || notedName(owner.app) === app;
}

/**
 * One list for each app, by their noted names. A file that is gone tells nothing any more: each counts for one app that
 * no other is of.
 */
export function shareEnvFiles(
  files: readonly string[],
  apps: readonly (string | undefined)[],
  project: string,
): string[][] {
  const untold = files.filter((file) => !isEnvFileOf(file, project));
  return apps.map((app) => {
    if (app === undefined) return files.filter((file) => !isOfAny(file, project, apps));
    const own = files.filter((file) => isEnvFileOf(file, project, app));
    return own.length > 0 ? own : untold.splice(0, 1);
  });
}

function isOfAny(file: string, project: string, apps: readonly (string | undefined)[]): boolean {
  return apps.some((app) => app !== undefined && isEnvFileOf(file, project, app));
}
