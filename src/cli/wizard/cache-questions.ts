/** Which cache the app is to get. What is there already stays as it is, and so is asked nothing of. */
import { isQueueProfile } from '../../domain/workload.ts';
import type { Workload } from '../../domain/settings.ts';
import type { Asker, Choice } from '../../inputs/asker.ts';
import { withAnswers, type Answered, type Inputs } from '../../inputs/resolve.ts';
import type { AccountReads } from './account-reads.ts';
import { chooseOrAsk } from './choices.ts';
import type { Question } from './question.ts';
import { safetyChoices } from './safety-choices.ts';
import { SERVERLESS, sizeChoices } from './size-choices.ts';

export const cacheName: Question = {
  name: 'cacheName',
  answers: ['cacheName'],
  // Answers that were meant for a new cache must not change one that is there.
  voids: ['workload', 'cacheNodeType', 'serverless', 'preset', 'alarmEmail'],
  async ask(inputs, asker, reads) {
    const { app } = await reads.app(inputs, asker);
    const called = 'service' in app ? app.service.serviceName : app.name;
    const own = await reads.ownCaches(inputs.project?.value ?? called);
    if (own.length === 0) return withAnswers(inputs, await typedName(called, asker));
    const chosen = await chooseOrAsk(
      () => asker.choose('cacheName', ownChoices(own)),
      ANOTHER,
      () => typedName(called, asker.returning()),
    );
    return withAnswers(inputs, typeof chosen === 'string' ? { cacheName: chosen } : chosen);
  },
};

async function typedName(app: string, asker: Asker): Promise<Answered> {
  const typed = await asker.type('cacheName', { suggestion: suggestedName(app) });
  return { cacheName: typed.toLowerCase() };
}

/** No cache can be called so. */
const ANOTHER = '(another)';

/** Whoever was interrupted, or has forgotten, is not to pay for two. */
function ownChoices(own: readonly string[]): Choice[] {
  return [
    ...own.map((value) => ({
      value,
      label: `${value}: this app’s own already`,
      short: value,
      detail: 'the run goes on with it; what is there stays as it is',
    })),
    {
      value: ANOTHER,
      label: 'another one',
      short: 'another one',
      detail: 'made beside it; each is paid for until destroy removes it',
    },
  ];
}

async function isNew(inputs: Inputs, reads: AccountReads): Promise<boolean> {
  return (await reads.cache(inputs.cacheName?.value ?? '')) === undefined;
}

const workload: Question = {
  name: 'workload',
  answers: ['workload'],
  voids: ['cacheNodeType', 'serverless'],
  isOpen: isNew,
  async ask(inputs, asker) {
    const preferred = isQueueProfile(inputs.envProfile?.value) ? 'queue' : 'cache';
    const chosen = await asker.choose('workload', WORKLOADS, preferred);
    return withAnswers(inputs, chosen === UNKNOWN ? {} : { workload: chosen as Workload });
  },
};

const UNKNOWN = 'unknown';

const WORKLOADS = [
  {
    value: 'cache',
    label: 'a cache: what can be computed again',
    short: 'a cache',
    detail: 'when it is full, the least used keys make way',
  },
  {
    value: 'sessions',
    label: 'sessions, or other state that users would miss',
    short: 'sessions',
    detail: 'a replica in another zone is the default: a lost session logs somebody out',
  },
  {
    value: 'queue',
    label: 'a queue of jobs (BullMQ, Celery, Sidekiq)',
    short: 'a queue',
    detail: 'nothing is ever evicted, for a lost job is never done; not on serverless',
  },
  {
    value: 'pubsub',
    label: 'messages between tasks (pub/sub)',
    short: 'pub/sub',
    detail: 'nothing is kept, so nothing is backed up',
  },
  {
    value: UNKNOWN,
    label: 'I do not know yet',
    short: 'not known yet',
    detail: 'AWS’s own defaults: keys with a time to live make way when it is full',
  },
] as const;

const size: Question = {
  name: 'cacheNodeType',
  answers: ['cacheNodeType', 'serverless'],
  isOpen: isNew,
  async ask(inputs, asker, { region }) {
    const chosen = await asker.choose('cacheNodeType', sizeChoices(inputs, region));
    return withAnswers(inputs, chosen === SERVERLESS ? { serverless: true } : { cacheNodeType: chosen });
  },
};

const safety: Question = {
  name: 'preset',
  answers: ['preset'],
  isOpen: isNew,
  async ask(inputs, asker, { region }) {
    const chosen = await asker.choose('preset', safetyChoices(inputs, region), inputs.preset.value);
    return withAnswers(inputs, { preset: chosen as 'development' | 'production' });
  },
};

/** Alarms that reach nobody are worth little. */
const alarmEmail: Question = {
  name: 'alarmEmail',
  answers: ['alarmEmail', 'snsTopic'],
  isOpen: async (inputs, reads) => inputs.monitoring.value && (await isNew(inputs, reads)),
  async ask(inputs, asker) {
    const address = await asker.type('alarmEmail', { optional: true, detail: 'empty: nobody yet' });
    return withAnswers(inputs, address === '' ? {} : { alarmEmail: address });
  },
};

export const CACHE_QUESTIONS: readonly Question[] = [cacheName, workload, size, safety, alarmEmail];

function suggestedName(app: string): string {
  const base = app
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return `${base.slice(0, 34).replace(/-+$/, '')}-redis`;
}
