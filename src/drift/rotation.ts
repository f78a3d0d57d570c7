/** A rotation of a password that is under way is nothing that somebody has changed, and wants to be brought to its end. */
import { isRotating, ROTATION_TAG } from '../domain/ownership.ts';
import type { Anchor } from '../survey/project.ts';
import { note, type Observer } from './observer.ts';
import { cacheNameOf } from './watched.ts';

export function rotation(anchor: Anchor): Observer {
  const subject = { kind: 'rotation', name: cacheNameOf(anchor) } as const;
  return {
    ...subject,
    look: () => {
      if (!isRotating(anchor.tags)) return Promise.resolve([]);
      const what = `is under way ${anchor.tags[ROTATION_TAG] ?? ''}: two let in until elasticache-wizard rotate-token has brought it to its end`;
      return Promise.resolve([note(subject, what)]);
    },
  };
}
