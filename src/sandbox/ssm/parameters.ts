/** Reading, listing and deleting parameters. */
import { createHash } from 'node:crypto';
import type {
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  ParameterMetadata,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { isBelow, legacyFilter, parameterFilter, PATH_FILTER_KEYS } from './parameter-filters.ts';
import { parseReference } from './parameter-name.ts';
import { latest } from './parameter-store.ts';
import type { ParameterStore, ParameterVersion, StoredParameter } from './parameter-store.ts';
import { invalid, parameterNotFound } from './rejection.ts';

const MOST_NAMES = 10;
const PATH_PAGE = 10;
const DESCRIBE_PAGE = 50;

/** `userArn`: who is said to have changed them. */
export function parameterOperations(store: ParameterStore, userArn: string): Operations {
  const read = (text: string, decrypted: boolean | undefined): Parameter => {
    const reference = parseReference(text);
    const { parameter, version } = store.get(reference);
    const { selector } = reference;
    return { ...describeValue(parameter, version, decrypted), ...(selector ? { Selector: selector } : {}) };
  };

  return {
    GetParameter: ({ Name = '', WithDecryption }: GetParameterRequest): GetParameterResult => ({
      Parameter: read(Name, WithDecryption),
    }),

    GetParameters: ({ Names = [], WithDecryption }: GetParametersRequest): GetParametersResult => {
      checkNames(Names);
      const found = Names.map((name) => readOrMissing(() => read(name, WithDecryption)));
      return {
        Parameters: found.filter((parameter) => parameter !== undefined),
        InvalidParameters: Names.filter((_, index) => found[index] === undefined),
      };
    },

    GetParametersByPath: (input: GetParametersByPathRequest): GetParametersByPathResult => {
      const { Path = '', Recursive = false, WithDecryption } = input;
      if (!Path.startsWith('/')) throw invalid('The parameter path must begin with a slash (/).');
      const selected = parameterFilter(input.ParameterFilters, PATH_FILTER_KEYS);
      const below = store.all().filter(({ name }) => isBelow(name, Path, Recursive));
      const { items, next } = page(below.filter(selected), input, PATH_PAGE);
      return {
        Parameters: items.map((parameter) => describeValue(parameter, latest(parameter), WithDecryption)),
        ...next,
      };
    },

    DescribeParameters: (input: DescribeParametersRequest): DescribeParametersResult => {
      const { Filters = [], ParameterFilters = [] } = input;
      if (Filters.length > 0 && ParameterFilters.length > 0) {
        throw invalid('You can use either Filters or ParameterFilters in a single request.');
      }
      const selected = Filters.length > 0 ? legacyFilter(Filters) : parameterFilter(ParameterFilters);
      const { items, next } = page(store.all().filter(selected), input, DESCRIBE_PAGE);
      return { Parameters: items.map((parameter) => describe(parameter, userArn)), ...next };
    },

    DeleteParameter: ({ Name }: DeleteParameterRequest) => {
      if (!store.delete(Name)) throw parameterNotFound();
      return {};
    },

    DeleteParameters: ({ Names = [] }: DeleteParametersRequest): DeleteParametersResult => {
      checkNames(Names);
      const deleted = Names.map((name) => store.delete(name));
      return {
        DeletedParameters: Names.filter((_, index) => deleted[index]),
        InvalidParameters: Names.filter((_, index) => !deleted[index]),
      };
    },
  };
}

function checkNames(names: readonly string[]): void {
  if (names.length >= 1 && names.length <= MOST_NAMES) return;
  const bound = names.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_NAMES}`;
  throw invalid(
    `1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

function readOrMissing(read: () => Parameter): Parameter | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function describeValue(
  { name, arn, type, dataType }: StoredParameter,
  { version, value, lastModifiedDate }: ParameterVersion,
  decrypted = false,
): Parameter {
  return {
    Name: name,
    Type: type,
    Value: type === 'SecureString' && !decrypted ? ciphertext(`${arn}:${version}`, value) : value,
    Version: version,
    LastModifiedDate: lastModifiedDate,
    ARN: arn,
    DataType: dataType,
  };
}

/** Nothing that anybody could read, and the same each time. */
function ciphertext(context: string, value: string): string {
  const digest = createHash('sha512').update(context).update('\0').update(value).digest('base64');
  return `AQICAHh${digest}`;
}

function describe(parameter: StoredParameter, userArn: string): ParameterMetadata {
  const { keyId, description, allowedPattern } = parameter;
  const { version, lastModifiedDate } = latest(parameter);
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: parameter.type,
    ...(keyId === undefined ? {} : { KeyId: keyId }),
    LastModifiedDate: lastModifiedDate,
    LastModifiedUser: userArn,
    ...(description === undefined ? {} : { Description: description }),
    ...(allowedPattern === undefined ? {} : { AllowedPattern: allowedPattern }),
    Version: version,
    Tier: parameter.tier,
    Policies: [],
    DataType: parameter.dataType,
  };
}
