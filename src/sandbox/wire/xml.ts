/** Writes the query protocols' responses, which are XML. */
import { lazy, perShape } from './shape.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';

/** The content of an element, its own tags not included. */
type Write = (value: unknown) => string;

export const xmlWriter = perShape((shape: Shape): Write => {
  switch (shape.kind) {
    case 'structure':
      return structureWriter(shape);
    case 'list':
      return listWriter(shape);
    case 'map':
      return mapWriter(shape);
    case 'timestamp':
      return (value) => (value as Date).toISOString();
    case 'blob':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    case 'string':
    case 'number':
    case 'boolean':
      return (value) => escapeXml(String(value));
    case 'unit':
      return () => '';
    case 'document':
      throw new Error('XML responses have no documents');
  }
});

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // An XML parser reads a bare CRLF as LF.
  '\r': '&#xD;',
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}

/**
 * Elements that the SDKs look for under different names: of these botocore reads the second, the JavaScript
 * client the member's own. Both are written.
 */
const SECOND_NAMES: Readonly<Record<string, string>> = {
  'com.amazonaws.elasticache#PendingModifiedValues.LogDeliveryConfigurations':
    'PendingLogDeliveryConfiguration',
  'com.amazonaws.elasticache#ReplicationGroupPendingModifiedValues.LogDeliveryConfigurations':
    'PendingLogDeliveryConfiguration',
};

function structureWriter(shape: StructureShape): Write {
  const members = lazy(() =>
    shape.members.flatMap((member) => {
      const write = xmlWriter(member.shape());
      const secondName = SECOND_NAMES[`${shape.name}.${member.name}`];
      const names = [elementName(member), ...(secondName ? [secondName] : [])];
      return names.map((tag) => ({ name: member.name, tag, write }));
    }),
  );
  return (value) => {
    const structure = value as Readonly<Record<string, unknown>>;
    let xml = '';
    for (const { name, tag, write } of members()) {
      const present = structure[name];
      if (present !== undefined && present !== null) xml += element(tag, write(present));
    }
    return xml;
  };
}

function listWriter(shape: ListShape): Write {
  const write = lazy(() => xmlWriter(shape.item.shape()));
  const tag = elementName(shape.item);
  return (value) => (value as readonly unknown[]).map((item) => element(tag, write()(item))).join('');
}

function mapWriter(shape: MapShape): Write {
  const write = lazy(() => xmlWriter(shape.value.shape()));
  return (value) =>
    Object.entries(value as Readonly<Record<string, unknown>>)
      .map(([key, item]) =>
        element(
          'entry',
          element(elementName(shape.key), escapeXml(key)) + element(elementName(shape.value), write()(item)),
        ),
      )
      .join('');
}

function elementName(member: Member): string {
  return member.xmlName ?? member.name;
}
