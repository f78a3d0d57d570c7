/** The JSON Schema of the config file, for editors: made from the catalogue, so that it cannot say anything else. */
import { z } from 'zod';
import { CATALOGUE, type InputName } from './catalogue.ts';
import {
  CACHE_KEYS,
  CHECK_KEYS,
  CONSUMER_KEYS,
  MONITORING_KEYS,
  PROJECT_KEYS,
  STICKINESS_KEYS,
  type Keys,
} from './config-keys.ts';
import { takesPairs, type Input } from './input.ts';
import { variableName } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string' };
const TEMPLATE = {
  type: 'string',
  description:
    'text with placeholders: {url}, {host}, {port}, {password}, {tls}, {db} and more; {{ stands for {',
};

export function configSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Config file of elasticache-wizard',
    description: 'A project: its caches, who is handed them, and how the result is proven.',
    ...objectOf(
      {
        ...propertiesOf(PROJECT_KEYS),
        caches: { type: 'array', minItems: 1, items: objectOf(propertiesOf(CACHE_KEYS), ['name']) },
        consumers: { type: 'array', minItems: 1, items: consumer() },
        stickiness: objectOf(propertiesOf(STICKINESS_KEYS)),
        checks: objectOf(propertiesOf(CHECK_KEYS)),
        monitoring: objectOf(propertiesOf(MONITORING_KEYS)),
      },
      ['caches', 'consumers'],
    ),
  };
}

function consumer(): Json {
  const variable = {
    anyOf: [TEMPLATE, objectOf({ value: TEMPLATE, cache: TEXT, container: TEXT })],
  };
  return objectOf({
    ...propertiesOf(CONSUMER_KEYS),
    cache: { ...TEXT, description: 'the cache of the variables that name none' },
    variables: {
      type: 'object',
      description: 'what the app reads, by name',
      propertyNames: jsonOf(variableName),
      additionalProperties: variable,
    },
  });
}

function objectOf(properties: Json, required: readonly string[] = []): Json {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties,
  };
}

function propertiesOf(keys: Keys): Json {
  return Object.fromEntries(Object.entries(keys).map(([key, name]) => [key, propertyOf(name)]));
}

function propertyOf(name: InputName): Json {
  const input: Input<unknown> = CATALOGUE[name];
  const { help: description, default: value } = input;
  const plain = ['string', 'number', 'boolean'].includes(typeof value);
  return { description, ...(plain ? { default: value } : {}), ...valueOf(input) };
}

function valueOf(input: Input<unknown>): Json {
  if (takesPairs(input)) return { type: 'object', additionalProperties: TEXT };
  switch (input.shape) {
    case 'switch':
    case 'on':
    case 'off':
      return { type: 'boolean' };
    case 'list': {
      const { items = TEXT, ...list } = jsonOf(input.schema);
      return { anyOf: [{ ...list, items }, items] };
    }
    case 'entries':
      return jsonOf(input.schema).items as Json;
    case 'value':
      return numbersBeside(jsonOf(input.schema));
  }
}

/** In a file what looks like a number stands without quotes. */
function numbersBeside(schema: Json): Json {
  const isNumber = /^\^\\d[^A-Za-z]*(\\d[^A-Za-z]*)*\$$/.test(String(schema['pattern']));
  return isNumber ? { ...schema, type: ['number', 'string'] } : schema;
}

function jsonOf(schema: z.ZodType): Json {
  const members = Object.entries(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return Object.fromEntries(members.filter(([member]) => member !== '$schema'));
}
