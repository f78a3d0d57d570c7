/** Names of parameters (Systems Manager API reference, PutParameter.Name), their ARNs, and what selects a version. */
import { ServiceError } from '../service.ts';
import { invalid } from './rejection.ts';

const MOST_LEVELS = 15;
/** Of the whole ARN. */
const MOST_CHARACTERS = 1011;
const RESERVED =
  'can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

export type ParameterArn = (name: string) => string;

/** A name's own leading slash is the one after 'parameter'. */
export function parameterArnsOf(region: string, accountId: string): ParameterArn {
  const prefix = `arn:aws:ssm:${region}:${accountId}:parameter`;
  return (name) => (name.startsWith('/') ? prefix + name : `${prefix}/${name}`);
}

export function checkName(name: string, arn: ParameterArn): void {
  if (/^\/?aws/i.test(name)) {
    throw new ServiceError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (/^\/?ssm/i.test(name)) throw invalid(`Parameter name: ${RESERVED}`);
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || /\/\/|\/$/.test(name)) {
    throw invalid(`Parameter name: ${RESERVED}`);
  }
  if (name.includes('/') && !name.startsWith('/'))
    throw invalid('Parameter name must be a fully qualified name.');
  if (name.split('/').length - 1 > MOST_LEVELS) {
    throw new ServiceError(
      'HierarchyLevelLimitExceededException',
      `Parameter name hierarchy must not exceed ${MOST_LEVELS} levels. Shorten the name and try again.`,
    );
  }
  if (arn(name).length > MOST_CHARACTERS)
    throw invalid(`Parameter name: the ARN must not exceed ${MOST_CHARACTERS} characters.`);
}

/** What a request asks for: 'name', 'name:3', or the ARN of either. */
export interface Reference {
  readonly nameOrArn: string;
  /** None is the latest; NaN is a label, which nothing here has. */
  readonly version: number | undefined;
  /** As it was asked for: ':3'. */
  readonly selector: string | undefined;
}

export function parseReference(text: string): Reference {
  const [, arn = '', rest = ''] = /^(arn:[^:]+:ssm:[^:]*:\d*:)?(.*)$/.exec(text) ?? [];
  const [name = '', selector] = rest.split(':');
  return {
    nameOrArn: arn + name,
    version: selector === undefined ? undefined : Number(selector),
    selector: selector === undefined ? undefined : `:${selector}`,
  };
}
