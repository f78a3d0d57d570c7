import type { InertProgram } from '../ecs/inert-container.ts';

/** A container image as the sandbox knows it: it declares its programs, and only these are ever run. */
export interface Image {
  /** As a container definition names it: '111122223333.dkr.ecr.us-east-1.amazonaws.com/collabcanvas-backend:42'. */
  readonly reference: string;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What is on its PATH: a name (or absolute path) in the image, and the real program on this machine. Node only. */
  readonly programs: Readonly<Record<string, string>>;
  /** Files in the image that arguments may name, and where they really are. */
  readonly files: Readonly<Record<string, string>>;
  /** Runs inside the sandbox in place of its programs. */
  readonly inert?: InertProgram;
}

/** The images that can be pulled, by reference. An unknown one is a CannotPullContainerError. */
export type ImageRegistry = ReadonlyMap<string, Image>;
