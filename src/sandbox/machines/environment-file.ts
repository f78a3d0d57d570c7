/** Variables as systemd reads them from an EnvironmentFile (systemd.exec(5)): no export, no expansion, quotes taken off. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const lines = text.replaceAll('\\\n', '').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, unquoted(value.trim())]];
    }),
  );
}

function unquoted(value: string): string {
  const [, quote, inner = ''] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (quote === undefined) return value;
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
}
