/**
 * A connection file of `templates/clients`, made to read the variables that an app really has. Each template reads one
 * URL, in a line of its own that begins with `url =`; an app may be handed the parts of one, or its password apart.
 */
import type { ClientLibrary } from '../domain/clients.ts';

/** `template` as in VariableSettings; of a value that is secret nothing else is known, and nothing is needed. */
export interface HandedVariable {
  readonly name: string;
  readonly template: string;
}

export interface Handed {
  readonly variables: readonly HandedVariable[];
  /** What no variable may say. */
  readonly endpoint: { readonly port: number; readonly tls: boolean };
}

export function clientSnippet(
  client: ClientLibrary,
  template: string,
  { variables, endpoint }: Handed,
): string {
  const { language, urls } = CLIENT[client];
  const whole = variables.filter(isWhole);
  const url = whole.find(({ name }) => urls.test(name)) ?? whole[0];
  const reading = url ? wholeUrl('url', url, variables, language) : partsOfUrl(variables, endpoint, language);
  if (!reading) return template;
  const results = whole.find(({ name }) => RESULTS.test(name));
  const reads = template
    .replace(/^(?:const )?url = .*$/m, () => reading.join('\n'))
    .replace(/^results = .*$/m, () =>
      results ? wholeUrl('results', results, variables, language).slice(-1).join() : 'results = url',
    );
  return language.completed(reads);
}

/** What reading a URL takes in it. */
interface Language {
  readonly read: (name: string) => string;
  readonly assign: (name: string, expression: string) => string;
  /** Text with `{name}` where a value belongs. */
  readonly text: (holes: string) => string;
  readonly escaped: (value: string) => string;
  readonly scheme: (tls: string) => string;
  readonly withSecret: (url: string) => string;
  readonly completed: (program: string) => string;
}

const JAVASCRIPT: Language = {
  read: (name) => (/^[A-Za-z_]\w*$/.test(name) ? `process.env.${name}` : `process.env['${name}']`),
  assign: (name, expression) => `const ${name} = ${expression};`,
  text: (holes) => `\`${holes.replaceAll('{', '${')}\``,
  escaped: (value) => `encodeURIComponent(${value})`,
  scheme: (tls) => `${tls} === 'true' ? 'rediss' : 'redis'`,
  withSecret: (url) => `${url}.replace('://', \`://:\${secret}@\`)`,
  completed: (program) => program,
};

const PYTHON: Language = {
  read: (name) => `os.environ["${name}"]`,
  assign: (name, expression) => `${name} = ${expression}`,
  text: (holes) => `f"${holes}"`,
  escaped: (value) => `quote(${value}, safe="")`,
  scheme: (tls) => `"rediss" if ${tls} == "true" else "redis"`,
  withSecret: (url) => `${url}.replace("://", f"://:{secret}@", 1)`,
  completed: (program) =>
    program.includes('quote(')
      ? program.replace(
          /^import os\n(?:import ssl\n)?/m,
          (imports) => `${imports}from urllib.parse import quote\n`,
        )
      : program,
};

const RESULTS = /RESULT|BACKEND/i;
/** Other than those for queues and messages, which may lead elsewhere. */
const GENERAL = /^(?!.*(QUEUE|PUBSUB|BROKER|RESULT|BACKEND))/i;

/** `urls`: which of several is meant for it. */
const CLIENT: Readonly<Record<ClientLibrary, { readonly language: Language; readonly urls: RegExp }>> = {
  ioredis: { language: JAVASCRIPT, urls: GENERAL },
  'node-redis': { language: JAVASCRIPT, urls: GENERAL },
  bullmq: { language: JAVASCRIPT, urls: /QUEUE|BULL|JOBS/i },
  'redis-py': { language: PYTHON, urls: GENERAL },
  celery: { language: PYTHON, urls: /BROKER|QUEUE/i },
};

function isWhole({ template }: HandedVariable): boolean {
  return template.startsWith('{url}') || template.includes('://');
}

function wholeUrl(
  target: string,
  { name, template }: HandedVariable,
  variables: readonly HandedVariable[],
  language: Language,
): string[] {
  const { read, assign, withSecret } = language;
  const holdsPassword = template.includes('{url}') || template.includes('{password}');
  const secret = holdsPassword ? [] : secretOf(variables, language);
  return [...secret, assign(target, secret.length > 0 ? withSecret(read(name)) : read(name))];
}

/** Undefined where no variable says the host. */
function partsOfUrl(
  variables: readonly HandedVariable[],
  { port, tls }: Handed['endpoint'],
  language: Language,
): string[] | undefined {
  const { read, assign, text, scheme } = language;
  const named = (template: string): string | undefined =>
    variables.find((variable) => variable.template === template)?.name;
  const place = named('{endpoints}');
  const host = place ?? named('{host}');
  if (host === undefined) return undefined;
  const portName = place === undefined ? named('{port}') : undefined;
  const tlsName = named('{tls}');
  const secret = secretOf(variables, language);
  const start = tlsName === undefined ? (tls ? 'rediss' : 'redis') : '{scheme}';
  const end = place === undefined ? `:${portName === undefined ? port : '{port}'}` : '';
  return [
    assign('host', read(host)),
    ...(portName === undefined ? [] : [assign('port', read(portName))]),
    ...(tlsName === undefined ? [] : [assign('scheme', scheme(read(tlsName)))]),
    ...secret,
    assign('url', text(`${start}://${secret.length > 0 ? ':{secret}@' : ''}{host}${end}`)),
  ];
}

function secretOf(variables: readonly HandedVariable[], { read, assign, escaped }: Language): string[] {
  const password = variables.find(({ template }) => template === '{password}');
  return password ? [assign('secret', escaped(read(password.name)))] : [];
}
