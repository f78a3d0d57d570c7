/** The sentence with which most AWS services refuse an input that leaves required members out. */
import type { MemberPath } from './required-members.ts';

export function validationMessage(missing: readonly MemberPath[]): string {
  const found = `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected: `;
  const sentences = missing.map(
    (path) => `Value null at '${spell(path)}' failed to satisfy constraint: Member must not be null`,
  );
  return found + sentences.join('; ');
}

/** Members begin in lower case and positions name the list: `tags.1.member.key`. */
function spell(path: MemberPath): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `${part}.member` : part.charAt(0).toLowerCase() + part.slice(1),
    )
    .join('.');
}
