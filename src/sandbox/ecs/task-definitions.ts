/** Task definitions: families of numbered revisions that never change once they are registered. */
import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  Failure,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf } from './arns.ts';
import { page } from './paging.ts';
import type { Revision, State } from './state.ts';
import { taskDefinitionDocument } from './task-definition-document.ts';
import { checkTaskDefinition } from './task-definition-rules.ts';

/** In one request (ECS API reference, DeleteTaskDefinitions.taskDefinitions). */
const MOST_DELETED = 10;

/** By ARN, by `family:revision`, or by family alone, which means its latest ACTIVE revision. */
export function findRevision(state: State, taskDefinition: string | undefined): Revision | undefined {
  const [family = '', revision] = nameOf(taskDefinition ?? '').split(':');
  const revisions = state.families.get(family) ?? [];
  return revision === undefined
    ? revisions.findLast(({ status }) => status === 'ACTIVE')
    : revisions.find((candidate) => candidate.revision === Number(revision));
}

/** A revision that new tasks may use. */
export function findActiveRevision(state: State, taskDefinition: string | undefined): Revision {
  const found = findRevision(state, taskDefinition);
  if (!found) throw new ServiceError('ClientException', 'TaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw new ServiceError('ClientException', 'TaskDefinition is inactive');
  return found;
}

export function taskDefinitionOperations(state: State, arns: Arns, clock: Clock): Operations {
  const allRevisions = (): Revision[] =>
    [...state.families].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, revisions]) => revisions);

  return {
    RegisterTaskDefinition: (input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionResponse => {
      checkTaskDefinition(input);
      const family = input.family ?? '';
      const revisions = state.families.get(family) ?? [];
      const revision = (revisions.at(-1)?.revision ?? 0) + 1;
      const taskDefinition = taskDefinitionDocument(input, {
        taskDefinitionArn: arns.taskDefinition(family, revision),
        revision,
        registeredAt: new Date(clock.now()),
        registeredBy: arns.root,
      });
      state.families.set(family, [...revisions, taskDefinition]);
      state.tags.set(taskDefinition.taskDefinitionArn, input.tags ?? []);
      return {
        taskDefinition: structuredClone(taskDefinition),
        ...(input.tags ? { tags: input.tags } : {}),
      };
    },

    DescribeTaskDefinition: (input: DescribeTaskDefinitionRequest): DescribeTaskDefinitionResponse => {
      const found = findRevision(state, input.taskDefinition);
      if (!found) throw new ServiceError('ClientException', 'Unable to describe task definition.');
      return {
        taskDefinition: structuredClone(found),
        ...(input.include?.includes('TAGS') ? { tags: state.tags.get(found.taskDefinitionArn) ?? [] } : {}),
      };
    },

    DeregisterTaskDefinition: (input: DeregisterTaskDefinitionRequest) => {
      if (!nameOf(input.taskDefinition ?? '').includes(':')) {
        throw new ServiceError('ClientException', 'The specified task definition must include a revision.');
      }
      const found = findRevision(state, input.taskDefinition);
      if (!found) {
        throw new ServiceError('ClientException', 'The specified task definition does not exist.');
      }
      found.status = 'INACTIVE';
      found.deregisteredAt ??= new Date(clock.now());
      return { taskDefinition: structuredClone(found) };
    },

    /** Revisions stay as DELETE_IN_PROGRESS for as long as something runs them; AWS does not say when they go. */
    DeleteTaskDefinitions: (input: DeleteTaskDefinitionsRequest): DeleteTaskDefinitionsResponse => {
      const wanted = input.taskDefinitions ?? [];
      if (wanted.length > MOST_DELETED) {
        throw new ServiceError('InvalidParameterException', 'At most 10 task definitions can be deleted.');
      }
      const deleted: Revision[] = [];
      const failures: Failure[] = [];
      for (const arn of wanted) {
        const found = nameOf(arn).includes(':') ? findRevision(state, arn) : undefined;
        if (!found) failures.push({ arn, reason: 'The specified task definition does not exist.' });
        else if (found.status === 'ACTIVE') {
          failures.push({ arn, reason: 'The specified task definition is still in ACTIVE status.' });
        } else {
          found.status = 'DELETE_IN_PROGRESS';
          found.deleteRequestedAt ??= new Date(clock.now());
          deleted.push(structuredClone(found));
        }
      }
      return { taskDefinitions: deleted, failures };
    },

    ListTaskDefinitions: (input: ListTaskDefinitionsRequest) => {
      const { familyPrefix, status = 'ACTIVE', sort } = input;
      const found = allRevisions()
        // Despite its name it is the whole family name (ECS API reference, ListTaskDefinitions.familyPrefix).
        .filter(({ family }) => familyPrefix === undefined || family === familyPrefix)
        .filter((revision) => revision.status === status)
        .map(({ taskDefinitionArn }) => taskDefinitionArn);
      const { items, next } = page(sort === 'DESC' ? found.reverse() : found, input);
      return { taskDefinitionArns: items, ...next };
    },

    ListTaskDefinitionFamilies: (input: ListTaskDefinitionFamiliesRequest) => {
      const { familyPrefix = '', status = 'ALL' } = input;
      const found = [...state.families]
        .filter(([family]) => family.startsWith(familyPrefix))
        .filter(([, revisions]) => {
          const active = revisions.some((revision) => revision.status === 'ACTIVE');
          return status === 'ALL' || active === (status === 'ACTIVE');
        })
        .map(([family]) => family)
        .sort();
      const { items, next } = page(found, input);
      return { families: items, ...next };
    },
  };
}
