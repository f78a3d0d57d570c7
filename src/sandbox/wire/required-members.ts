/** Finds the required members that an input leaves out: the one rule that the schemas do hold. */
import type { Shape } from './shape.ts';

/** Where a value is missing: ['Tags', 1, 'Key']; list positions count from 1, as in AWS's messages. */
export type MemberPath = readonly (string | number)[];

export function missingMembers(shape: Shape, value: unknown, path: MemberPath = []): MemberPath[] {
  if (value === undefined || value === null) return [];
  switch (shape.kind) {
    case 'structure': {
      const structure = value as Readonly<Record<string, unknown>>;
      return shape.members.flatMap((member) => {
        const at = [...path, member.name];
        const present = structure[member.name];
        if (present === undefined || present === null) return member.required ? [at] : [];
        return missingMembers(member.shape(), present, at);
      });
    }
    case 'list':
      return (value as readonly unknown[]).flatMap((item, index) =>
        missingMembers(shape.item.shape(), item, [...path, index + 1]),
      );
    case 'map':
      return Object.entries(value).flatMap(([key, item]) =>
        missingMembers(shape.value.shape(), item, [...path, key]),
      );
    default:
      return [];
  }
}
