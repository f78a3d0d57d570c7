/** Reads the query protocols' requests: `Tags.Tag.1.Key=app` back into structures, lists and maps. */
import { lazy, perShape } from './shape.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';

/** How the two query protocols differ in what they call things. */
export interface QueryDialect {
  memberName(member: Member): string;
  /** Where in a list's node its numbered items are. */
  itemsOf(list: QueryNode, item: Member): QueryNode | undefined;
}

/** A parsed query string: `A.B=1` is a node with a child A, which has a child B with the text '1'. */
export interface QueryNode {
  text: string | undefined;
  readonly children: Map<string, QueryNode>;
}

type Read = (node: QueryNode) => unknown;

export function parseQueryString(query: URLSearchParams): QueryNode {
  const root = emptyNode();
  for (const [key, value] of query) {
    let node = root;
    for (const name of key.split('.')) {
      const child = node.children.get(name) ?? emptyNode();
      node.children.set(name, child);
      node = child;
    }
    node.text = value;
  }
  return root;
}

export function queryReader(dialect: QueryDialect): (shape: Shape) => Read {
  const reader = perShape((shape): Read => {
    switch (shape.kind) {
      case 'structure':
        return structureReader(shape);
      case 'list':
        return listReader(shape);
      case 'map':
        return mapReader(shape);
      case 'number':
        return (node) => Number(node.text);
      case 'boolean':
        return (node) => node.text?.toLowerCase() === 'true';
      case 'timestamp':
        return (node) => new Date(node.text ?? '');
      case 'blob':
        return (node) => Uint8Array.from(Buffer.from(node.text ?? '', 'base64'));
      case 'string':
        return (node) => node.text ?? '';
      case 'unit':
        return () => ({});
      case 'document':
        throw new Error('the query protocols have no documents');
    }
  });

  function structureReader(shape: StructureShape): Read {
    const members = lazy(() =>
      shape.members.map((member) => ({
        name: member.name,
        key: dialect.memberName(member),
        read: reader(member.shape()),
      })),
    );
    return (node) => {
      const structure: Record<string, unknown> = {};
      for (const { name, key, read } of members()) {
        const child = node.children.get(key);
        if (child) structure[name] = read(child);
      }
      return structure;
    };
  }

  /** `Key=` alone is an empty list: that is how the SDKs write one. */
  function listReader(shape: ListShape): Read {
    const read = lazy(() => reader(shape.item.shape()));
    return (node) => inOrder(dialect.itemsOf(node, shape.item)).map((item) => read()(item));
  }

  function mapReader(shape: MapShape): Read {
    const read = lazy(() => reader(shape.value.shape()));
    const keyName = dialect.memberName(shape.key);
    const valueName = dialect.memberName(shape.value);
    return (node) =>
      Object.fromEntries(
        inOrder(node.children.get('entry')).map((entry) => [
          entry.children.get(keyName)?.text ?? '',
          read()(entry.children.get(valueName) ?? emptyNode()),
        ]),
      );
  }

  return reader;
}

function inOrder(items: QueryNode | undefined): QueryNode[] {
  return [...(items?.children ?? [])]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, item]) => item);
}

function emptyNode(): QueryNode {
  return { text: undefined, children: new Map() };
}
