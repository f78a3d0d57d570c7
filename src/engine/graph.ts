/** The order in which resources may be planned and reconciled. */
import type { Kind, Known, Outputs, Ref } from '../domain/outputs.ts';
import type { AnyResource } from './resource.ts';

export function refKey(ref: Ref): string {
  return `${ref.kind} ${ref.name}`;
}

/** Each after what it needs, otherwise as listed. A need that is not in the list, or a circle, is a mistake of ours. */
export function inOrder(resources: readonly AnyResource[]): AnyResource[] {
  const byKey = new Map(resources.map((resource) => [refKey(resource), resource]));
  const ordered = new Set<AnyResource>();
  const visit = (resource: AnyResource, path: readonly AnyResource[]): void => {
    if (ordered.has(resource)) return;
    if (path.includes(resource))
      throw new Error(`Resources need each other: ${[...path, resource].map(refKey).join(' -> ')}`);
    for (const need of resource.needs) {
      const needed = byKey.get(refKey(need));
      if (!needed) throw new Error(`${refKey(resource)} needs ${refKey(need)}, which is not in the graph`);
      visit(needed, [...path, resource]);
    }
    ordered.add(resource);
  };
  for (const resource of resources) visit(resource, []);
  return [...ordered];
}

/** Those that are wanted, and all that they need on the way, as listed. */
export function withNeeds(
  resources: readonly AnyResource[],
  isWanted: (resource: AnyResource) => boolean,
): AnyResource[] {
  const byKey = new Map(resources.map((resource) => [refKey(resource), resource]));
  const kept = new Set<AnyResource>();
  const keep = (resource: AnyResource | undefined): void => {
    if (!resource || kept.has(resource)) return;
    kept.add(resource);
    for (const need of resource.needs) keep(byKey.get(refKey(need)));
  };
  for (const resource of resources.filter(isWanted)) keep(resource);
  return resources.filter((resource) => kept.has(resource));
}

/** Outputs, as they become known. */
export class KnownOutputs implements Known {
  private readonly outputs = new Map<string, unknown>();

  set(ref: Ref, outputs: unknown): void {
    this.outputs.set(refKey(ref), outputs);
  }

  get<K extends Kind>(kind: K, name: string): Outputs[K] | undefined {
    // What is stored under a kind was returned by a Resource of that kind.
    return this.outputs.get(refKey({ kind, name })) as Outputs[K] | undefined;
  }

  need<K extends Kind>(kind: K, name: string): Outputs[K] {
    const outputs = this.get(kind, name);
    if (outputs === undefined)
      throw new Error(`${refKey({ kind, name })} is not known yet: a need is missing`);
    return outputs;
  }

  /** Whoever asks for one of those that are hidden has not said so in its needs: whether it is known is chance. */
  without(isHidden: (key: string) => boolean): Known {
    const shown = (ref: Ref): KnownOutputs => {
      if (isHidden(refKey(ref))) throw new Error(`${refKey(ref)} may not be known yet: a need is missing`);
      return this;
    };
    return {
      get: (kind, name) => shown({ kind, name }).get(kind, name),
      need: (kind, name) => shown({ kind, name }).need(kind, name),
    };
  }
}
