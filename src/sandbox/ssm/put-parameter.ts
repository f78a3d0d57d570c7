/** PutParameter: makes a parameter, or a new version of one where the request says so. */
import type { ParameterTier, PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { ParameterTier as TIERS, ParameterType as TYPES } from '@aws-sdk/client-ssm';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import { checkName } from './parameter-name.ts';
import { addVersion, latest } from './parameter-store.ts';
import type { ParameterStore, StoredParameter } from './parameter-store.ts';
import { invalid, notInEnum } from './rejection.ts';
import { putTags } from './tags.ts';

const MOST_CHARACTERS = { Standard: 4096, Advanced: 8192 } as const;
/** The key that AWS keeps for Parameter Store in every account. */
const DEFAULT_KEY = 'alias/aws/ssm';

export function putParameter(
  store: ParameterStore,
  clock: Clock,
): (input: PutParameterRequest) => PutParameterResult {
  return (input) => {
    const { Name: name = '', Value: value = '', Overwrite = false } = input;
    checkName(name, store.arn);
    checkMembers(input);
    if (Overwrite && (input.Tags?.length ?? 0) > 0) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    const existing = store.find(name);
    if (existing && !Overwrite) {
      throw new ServiceError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    checkPattern(input.AllowedPattern ?? existing?.allowedPattern, value);
    const now = new Date(clock.now());
    const parameter = existing ? overwritten(existing, input) : created(store, input, now);
    if (existing) addVersion(existing, value, now);
    else store.add(parameter);
    return { Version: latest(parameter).version, Tier: parameter.tier };
  };
}

function checkMembers({
  Value = '',
  Type,
  Tier,
  KeyId,
  Description = '',
  Policies,
}: PutParameterRequest): void {
  if (Value === '') {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (Value.includes('{{')) {
    throw invalid(`Parameter value: can't nest another parameter. Do not use "{{}}" in the value.`);
  }
  if (Type !== undefined && !Object.values(TYPES).includes(Type)) {
    throw notInEnum('type', Type, Object.values(TYPES));
  }
  if (Tier !== undefined && !Object.values(TIERS).includes(Tier)) {
    throw notInEnum('tier', Tier, Object.values(TIERS));
  }
  if (Description.length > 1024) {
    throw invalid(
      "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1024.",
    );
  }
  if (KeyId !== undefined && Type !== undefined && Type !== 'SecureString') {
    throw invalid('KeyId is only valid for parameters of type SecureString.');
  }
  if (Policies !== undefined && Policies !== '[]') {
    throw new ServiceError('InvalidPolicyTypeException', 'The sandbox has no parameter policies.');
  }
}

function created(store: ParameterStore, input: PutParameterRequest, now: Date): StoredParameter {
  const { Name: name = '', Value: value = '', Type: type, DataType = 'text' } = input;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  const tags = new Map<string, string>();
  putTags(tags, input.Tags);
  return {
    name,
    arn: store.arn(name),
    type,
    dataType: DataType,
    keyId: type === 'SecureString' ? (input.KeyId ?? DEFAULT_KEY) : undefined,
    tier: tierFor(value, input.Tier, 'Standard'),
    description: input.Description,
    allowedPattern: input.AllowedPattern,
    versions: [{ version: 1, value, lastModifiedDate: now }],
    tags,
  };
}

/** Members that are left out stay as they were. */
function overwritten(parameter: StoredParameter, input: PutParameterRequest): StoredParameter {
  if (input.Type !== undefined && input.Type !== parameter.type) {
    throw new ServiceError(
      'HierarchyTypeMismatchException',
      `Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.`,
    );
  }
  parameter.tier = tierFor(input.Value ?? '', input.Tier, parameter.tier);
  parameter.description = input.Description ?? parameter.description;
  parameter.allowedPattern = input.AllowedPattern ?? parameter.allowedPattern;
  if (parameter.type === 'SecureString') parameter.keyId = input.KeyId ?? DEFAULT_KEY;
  return parameter;
}

/** There is no way back from Advanced; Intelligent-Tiering takes Advanced where the value needs it. */
function tierFor(value: string, wanted: ParameterTier | undefined, present: ParameterTier): ParameterTier {
  if (wanted === 'Standard' && present === 'Advanced') {
    throw invalid(
      'This parameter uses the advanced-parameter tier. You can’t downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.',
    );
  }
  const isLarge = value.length > MOST_CHARACTERS.Standard;
  const tier =
    wanted === 'Advanced' || present === 'Advanced' || (wanted === 'Intelligent-Tiering' && isLarge)
      ? 'Advanced'
      : 'Standard';
  if (value.length > MOST_CHARACTERS[tier]) {
    throw invalid(
      tier === 'Standard'
        ? `Standard tier parameters support a maximum parameter value of ${MOST_CHARACTERS.Standard} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`
        : `Advanced tier parameters support a maximum parameter value of ${MOST_CHARACTERS.Advanced} characters.`,
    );
  }
  return tier;
}

function checkPattern(allowedPattern: string | undefined, value: string): void {
  if (allowedPattern === undefined || compiled(allowedPattern).test(value)) return;
  throw new ServiceError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
  );
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceError(
      'InvalidAllowedPatternException',
      `The pattern ${pattern} is not a regular expression.`,
    );
  }
}
