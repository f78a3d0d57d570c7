/** The canvas app's HTTP interface, over whichever store counts at the moment. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CanvasObject, CanvasStore } from './canvas-store.ts';

export interface Answer {
  status: number;
  body?: unknown;
}

/** `/api/projects/{project}/objects[/count | /{id}]` and `/api/presence/{user}`. */
export async function canvasAnswer(
  request: IncomingMessage,
  path: string,
  store: CanvasStore,
): Promise<Answer> {
  const [, api, area, name, collection, id] = path.split('/').map(decodeURIComponent);
  const method = request.method ?? 'GET';
  if (api !== 'api' || name === undefined) return NOT_FOUND;
  if (area === 'presence' && collection === undefined) return presence(method, name, store);
  if (area !== 'projects' || collection !== 'objects') return NOT_FOUND;
  return id === undefined || id === 'count'
    ? allObjects(request, name, id === 'count', store)
    : oneObject(request, name, id, store);
}

const NOT_FOUND: Answer = { status: 404, body: { error: 'Not found' } };
const NOT_ALLOWED: Answer = { status: 405, body: { error: 'Method not allowed' } };

async function presence(method: string, user: string, store: CanvasStore): Promise<Answer> {
  if (method === 'GET') return { status: 200, body: { present: await store.isPresent(user) } };
  if (method !== 'PUT') return NOT_ALLOWED;
  await store.greet(user);
  return { status: 204 };
}

async function allObjects(
  request: IncomingMessage,
  project: string,
  onlyCount: boolean,
  store: CanvasStore,
): Promise<Answer> {
  if (request.method === 'GET') {
    const objects = await store.objects(project);
    const { length: count } = objects;
    return { status: 200, body: onlyCount ? { count } : { objects, count } };
  }
  if (request.method !== 'POST' || onlyCount) return NOT_ALLOWED;
  const object: CanvasObject = { ...(await bodyOf(request)), id: randomUUID() };
  await store.put(project, object);
  return { status: 201, body: object };
}

async function oneObject(
  request: IncomingMessage,
  project: string,
  id: string,
  store: CanvasStore,
): Promise<Answer> {
  if (request.method === 'DELETE') return { status: (await store.remove(project, id)) ? 204 : 404 };
  if (request.method !== 'PUT') return NOT_ALLOWED;
  const object: CanvasObject = { ...(await bodyOf(request)), id };
  await store.put(project, object);
  return { status: 200, body: object };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  return typeof body === 'object' && body !== null ? { ...body } : {};
}
