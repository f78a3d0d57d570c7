/** What is typed at the terminal of each recording, and the moments at which a picture of it is taken. */
import type { ScenarioName } from './scenarios.ts';
import type { Size } from './screen.ts';

export type Moment =
  /** Typed, and entered. */
  | { readonly run: string }
  /** Typed only. */
  | { readonly type: string }
  /** A key, as tmux names it. */
  | { readonly press: string }
  /** Of a list, the entry that begins with this, wherever the pointer is. */
  | { readonly choose: string }
  /** Until the screen shows it. */
  | { readonly until: RegExp }
  /** Until the shell asks for the next command. */
  | { readonly until: 'prompt' }
  | { readonly resize: Size }
  /** docs/pictures/<picture>.svg. */
  | { readonly picture: string };

export interface TerminalSession {
  readonly name: string;
  readonly size: Size;
  /** Absent: it needs no account. */
  readonly scenario?: ScenarioName;
  /** Commands whose screen nobody is shown; `aws` is the owner of the account. */
  readonly before?: readonly string[];
  readonly moments: readonly Moment[];
}

const USUAL: Size = { columns: 80, rows: 24 };
const TALL: Size = { columns: 80, rows: 40 };
const LARGE: Size = { columns: 200, rows: 50 };

const CANVAS = '--config collabcanvas.yaml';
const PATH = '/api/projects/demo/objects/count';
const COUNT = `--refresh-path ${PATH} --refresh-value '$.count'`;

/** Of the questions in the order in which they are asked, those that come before the plan. */
const QUESTIONS: readonly Moment[] = [
  { run: 'npx elasticache-wizard' },
  { until: /Where does the app run\?/ },
  { choose: 'collabcanvas' },
  { until: /Which service is to get the cache\?/ },
  { choose: 'collabcanvas-backend' },
  { until: /What is the cache to be called\?/ },
  { type: 'canvas-redis' },
  { press: 'Enter' },
  { until: /What is the app to keep in it\?/ },
  { choose: 'sessions' },
  { until: /How large is it to be\?/ },
  { picture: 'wizard-size' },
  { choose: 'cache.t3.micro' },
  { until: /How safe is it to be\?/ },
  { press: 'Down' },
  { until: /❯ production/ },
  { picture: 'wizard-safety' },
  { choose: 'development' },
  { until: /By which variables/ },
  { choose: 'one URL: REDIS_URL' },
  { until: /Which path of the app shows the symptom\?/ },
  { type: PATH },
  { press: 'Enter' },
  { until: /What is to be the same on every refresh\?/ },
  { picture: 'wizard-symptom' },
  { choose: '$.count' },
  { until: /sticky sessions/ },
  { press: 'Enter' },
  { until: /This plan:/ },
];

export const SESSIONS: readonly TerminalSession[] = [
  {
    name: 'the questions, and the run',
    size: USUAL,
    scenario: 'collabcanvas',
    moments: [
      ...QUESTIONS,
      { picture: 'wizard-plan' },
      { choose: 'Apply it' },
      { until: /cache canvas-redis .*creating/ },
      { picture: 'wizard-run' },
      { until: 'prompt' },
      { picture: 'wizard-end' },
    ],
  },
  {
    name: 'the same on a large screen',
    size: LARGE,
    scenario: 'collabcanvas',
    moments: [
      ...QUESTIONS.filter((moment) => !('picture' in moment)),
      { choose: 'Apply it' },
      { until: 'prompt' },
      { picture: 'wizard-large' },
    ],
  },
  {
    name: 'the demo',
    size: TALL,
    moments: [{ run: 'npx elasticache-wizard demo --no-input' }, { until: 'prompt' }, { picture: 'demo' }],
  },
  {
    name: 'a plan',
    size: USUAL,
    scenario: 'collabcanvas',
    moments: [{ run: `elasticache-wizard plan ${CANVAS}` }, { until: 'prompt' }, { picture: 'plan' }],
  },
  {
    name: 'four caches at once',
    size: { columns: 120, rows: 40 },
    scenario: 'funmagic',
    moments: [
      { run: 'elasticache-wizard setup --config funmagic.yaml --yes' },
      { until: /(?:funmagic-(?:redis|queue|pubsub|admin) .*creating[\s\S]*){4}/ },
      { picture: 'setup-four-caches' },
    ],
  },
  {
    name: 'a cause that is found',
    size: USUAL,
    scenario: 'collabcanvas',
    before: [
      `elasticache-wizard setup ${CANVAS} --yes`,
      'aws ec2 revoke-security-group-ingress --group-id sg-0254eb5903c80dc52 --protocol tcp --port 6379 --source-group sg-06cd8f89ce0fe8b82',
    ],
    moments: [
      { run: `elasticache-wizard verify ${CANVAS}` },
      { until: 'prompt' },
      { picture: 'verify-cause' },
    ],
  },
  {
    name: 'day two',
    size: TALL,
    scenario: 'collabcanvas',
    before: [
      `elasticache-wizard setup ${CANVAS} --replicas 1 --multi-az --yes`,
      'elasticache-wizard alarms --project collabcanvas --alarm-email ops@example.com --yes',
    ],
    moments: [
      { run: 'elasticache-wizard status --project collabcanvas --metrics' },
      { until: 'prompt' },
      { picture: 'status-metrics' },
      { run: 'clear' },
      { run: `elasticache-wizard drill failover --project collabcanvas ${COUNT} --yes` },
      { until: 'prompt' },
      { picture: 'drill-failover' },
    ],
  },
];
