/** The images of the `collabcanvas` scenario: the canvas app and its sidecar, with `node` on the PATH and nothing else. */
import { resolve } from 'node:path';
import type { InertProgram } from '../ecs/inert-container.ts';
import type { Image } from './image.ts';

/** What the first, second and third container to start find in their memories; then from the beginning again. */
const OBJECTS_IN_MEMORY = [36, 57, 12];

export function collabcanvasImages(
  programsFolder: string,
  registry: string,
  inert?: { readonly backend: InertProgram; readonly logRouter: InertProgram },
): { backend: Image; logRouter: Image } {
  let started = 0;
  const node = { architecture: 'X86_64', entryPoint: [], programs: { node: process.execPath } } as const;
  return {
    backend: {
      ...node,
      ...(inert && { inert: inert.backend }),
      reference: `${registry}/collabcanvas-backend:42`,
      command: ['node', '/app/server.cjs'],
      files: { '/app/server.cjs': resolve(programsFolder, 'collabcanvas-backend.cjs') },
      // Read once for each container that starts: in life, each task's memory is what its own users did to it.
      get environment() {
        const count = OBJECTS_IN_MEMORY[started % OBJECTS_IN_MEMORY.length] ?? 0;
        started += 1;
        return { CANVAS_OBJECTS_IN_MEMORY: String(count) };
      },
    },
    logRouter: {
      ...node,
      ...(inert && { inert: inert.logRouter }),
      reference: `${registry}/log-router:3`,
      command: ['node', '/app/log-router.cjs'],
      files: { '/app/log-router.cjs': resolve(programsFolder, 'log-router.cjs') },
      environment: {},
    },
  };
}
