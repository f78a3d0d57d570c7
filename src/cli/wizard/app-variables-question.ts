/** By which variables the app learns where its cache is. What it has already suggests an answer. */
import { isQueueProfile } from '../../domain/workload.ts';
import type { App } from '../../domain/app.ts';
import { PROFILES, profileOf, templatesOf, type Profile } from '../../domain/delivery.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import { variablesInUse } from '../../domain/variables-in-use.ts';
import type { Choice } from '../../inputs/asker.ts';
import { withAnswers } from '../../inputs/resolve.ts';
import { chooseOrAsk } from './choices.ts';
import type { Question } from './question.ts';

/** No variable can be called so. */
const ANOTHER = '(another)';

export const appVariables: Question = {
  name: 'envProfile',
  answers: ['envProfile', 'envVar'],
  async ask(inputs, asker, reads) {
    const { app } = await reads.app(inputs, asker);
    const found = 'service' in app ? variablesOf(app) : { names: [], urls: [] };
    const profile = profileOf(found.names);
    const queue = inputs.workload?.value === 'queue' ? 'bullmq' : 'url';
    const choices = [
      ...found.urls.map((name) => ownVariable(name)),
      ...PROFILES.map((each) => profileChoice(each, each === profile)),
      { value: ANOTHER, label: 'another variable, which gets the URL', detail: 'its name is asked next' },
    ];
    const chosen = await chooseOrAsk(
      () => asker.choose('envProfile', choices, found.urls[0] ?? profile ?? queue),
      ANOTHER,
      async () => ({ envVar: await asker.returning().type('envVar') }),
    );
    if (typeof chosen !== 'string') return withAnswers(inputs, chosen);
    const isProfile = PROFILES.some((each) => each === chosen);
    return withAnswers(inputs, isProfile ? { envProfile: chosen as Profile } : { envVar: chosen });
  },
};

interface Found {
  readonly names: readonly string[];
  /** Those of other names than the profiles know, which hold the URL of a Redis. */
  readonly urls: readonly string[];
}

function variablesOf({ taskDefinition: { document }, container }: App): Found {
  const names = variablesIn(document).flatMap((each) => (each.container === container ? [each.name] : []));
  const known = new Set(PROFILES.flatMap((profile) => Object.keys(templatesOf(profile, 'token'))));
  const urls = variablesInUse(document, container, []).filter(
    (each) => each.container === container && each.template.startsWith('{url}') && !known.has(each.name),
  );
  return { names, urls: urls.map(({ name }) => name) };
}

function ownVariable(name: string): Choice {
  return { value: name, label: `${name} (the app has it now)`, detail: 'it gets the URL of the new cache' };
}

const CALLED: Readonly<Record<Profile, string>> = {
  url: 'one URL',
  split: 'host and port',
  bullmq: 'BullMQ',
  elasticache: 'ElastiCache’s own words',
  celery: 'Celery',
};

function profileChoice(profile: Profile, isFound: boolean): Choice {
  const names = Object.keys(templatesOf(profile, 'none'));
  const few = names.length > 2 ? `${names.slice(0, 2).join(', ')}, …` : names.join(', ');
  const shown = `${CALLED[profile]}: ${few}`;
  return {
    value: profile,
    label: `${shown}${isFound ? ' (the app has these now)' : ''}`,
    short: shown,
    detail: [
      `${names.join(', ')}; with a password also what holds it, as a secret`,
      ...(isQueueProfile(profile) ? ['for a queue: nothing is evicted'] : []),
    ].join('; '),
  };
}
