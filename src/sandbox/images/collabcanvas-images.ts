/** The images of the `collabcanvas` scenario: the canvas app with `node` on its PATH, and its sidecar with a shell. */
import { resolve } from 'node:path';
import type { InertProgram } from '../ecs/inert-container.ts';
import type { Image } from './image.ts';

/** What the first, second and third container to start find in their memories; then from the beginning again. */
const OBJECTS_IN_MEMORY = [36, 57, 12];

/** It is the first container of the task, and nothing of it matters: a shell starts in a fiftieth of Node's time. */
const LOG_ROUTER = "trap 'exit 0' TERM; echo log-router started; while :; do sleep 3600 & wait; done";

export function collabcanvasImages(
  programsFolder: string,
  registry: string,
  inert?: { readonly backend: InertProgram; readonly logRouter: InertProgram },
): { backend: Image; logRouter: Image } {
  let started = 0;
  const built = { architecture: 'X86_64', entryPoint: [] } as const;
  return {
    backend: {
      ...built,
      ...(inert && { inert: inert.backend }),
      reference: `${registry}/collabcanvas-backend:42`,
      programs: { node: process.execPath },
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
      ...built,
      ...(inert && { inert: inert.logRouter }),
      reference: `${registry}/log-router:3`,
      programs: { sh: '/bin/sh' },
      command: ['sh', '-c', LOG_ROUTER],
      files: {},
      environment: {},
    },
  };
}
