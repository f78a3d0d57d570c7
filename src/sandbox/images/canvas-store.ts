/** Where the canvas app keeps its objects: in its own memory, which each task has for itself, or in Redis, which all share. */
import type { Cluster, Redis } from 'ioredis';
import { systemClock } from '../../clock.ts';

export interface CanvasObject {
  id: string;
  [member: string]: unknown;
}

export interface CanvasStore {
  objects(project: string): Promise<CanvasObject[]>;
  put(project: string, object: CanvasObject): Promise<void>;
  /** Whether it was there. */
  remove(project: string, id: string): Promise<boolean>;
  greet(user: string): Promise<void>;
  isPresent(user: string): Promise<boolean>;
}

export class MemoryStore implements CanvasStore {
  private readonly projects = new Map<string, Map<string, CanvasObject>>();
  private readonly users = new Set<string>();

  objects(project: string): Promise<CanvasObject[]> {
    return Promise.resolve([...(this.projects.get(project)?.values() ?? [])]);
  }

  put(project: string, object: CanvasObject): Promise<void> {
    const objects = this.projects.get(project) ?? new Map<string, CanvasObject>();
    this.projects.set(project, objects.set(object.id, object));
    return Promise.resolve();
  }

  remove(project: string, id: string): Promise<boolean> {
    return Promise.resolve(this.projects.get(project)?.delete(id) ?? false);
  }

  greet(user: string): Promise<void> {
    this.users.add(user);
    return Promise.resolve();
  }

  isPresent(user: string): Promise<boolean> {
    return Promise.resolve(this.users.has(user));
  }

  projectNames(): string[] {
    return [...this.projects.keys()];
  }
}

const OBJECT_SECONDS = 3600;
const PRESENCE_SECONDS = 300;
const ADOPTION_SECONDS = 30;
const ADOPTION_LOOK_MS = 20;
const ADOPTION_LOOKS = 100;

/** The braces are a hash tag: in cluster mode all of a project is in one slot, so that it can be read at once. */
const objectsKey = (project: string): string => `canvas:{${project}}:objects`;
const objectKey = (project: string, id: string): string => `${objectsKey(project)}:${id}`;
const adoptionKey = (project: string): string => `canvas:{${project}}:adoption`;
const presenceKey = (user: string): string => `presence:${user}`;

export class RedisStore implements CanvasStore {
  private readonly redis: Redis | Cluster;

  constructor(redis: Redis | Cluster) {
    this.redis = redis;
  }

  async objects(project: string): Promise<CanvasObject[]> {
    const ids = await this.redis.smembers(objectsKey(project));
    if (ids.length === 0) return [];
    const found = await this.redis.mget(ids.map((id) => objectKey(project, id)));
    return found.flatMap((text) => (text === null ? [] : [JSON.parse(text) as CanvasObject]));
  }

  async put(project: string, object: CanvasObject): Promise<void> {
    await this.redis.set(objectKey(project, object.id), JSON.stringify(object), 'EX', OBJECT_SECONDS);
    await this.redis.sadd(objectsKey(project), object.id);
  }

  async remove(project: string, id: string): Promise<boolean> {
    await this.redis.srem(objectsKey(project), id);
    return (await this.redis.del(objectKey(project, id))) === 1;
  }

  async greet(user: string): Promise<void> {
    await this.redis.set(presenceKey(user), 'here', 'EX', PRESENCE_SECONDS);
  }

  async isPresent(user: string): Promise<boolean> {
    return (await this.redis.exists(presenceKey(user))) === 1;
  }

  /**
   * The first task to find a project missing stores what it has in memory; all others leave it alone. The set of ids
   * comes last and in one command: the others see all of the project or nothing, and wait while it is nothing.
   */
  async adopt(memory: MemoryStore): Promise<void> {
    for (const project of memory.projectNames()) {
      if (await this.has(project)) continue;
      const turn = await this.redis.set(adoptionKey(project), 'running', 'EX', ADOPTION_SECONDS, 'NX');
      if (turn === null) await this.appearance(project);
      else await this.store(project, await memory.objects(project));
    }
  }

  private async has(project: string): Promise<boolean> {
    return (await this.redis.exists(objectsKey(project))) === 1;
  }

  private async appearance(project: string): Promise<void> {
    for (let look = 0; look < ADOPTION_LOOKS && !(await this.has(project)); look += 1) {
      await systemClock().sleep(ADOPTION_LOOK_MS);
    }
  }

  private async store(project: string, objects: readonly CanvasObject[]): Promise<void> {
    for (const object of objects) {
      await this.redis.set(objectKey(project, object.id), JSON.stringify(object), 'EX', OBJECT_SECONDS);
    }
    if (objects.length > 0) await this.redis.sadd(objectsKey(project), ...objects.map(({ id }) => id));
  }
}
