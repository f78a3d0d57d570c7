/** `setup`: plan, one approval, apply, verify. Nothing is asked after the first write. */
import { ecsAmong, type Consumer } from '../../domain/consumer.ts';
import { variableOf } from '../../domain/task-definition.ts';
import type { InstanceSelection } from '../../domain/settings.ts';
import { isConverged, type Plan } from '../../engine/plan.ts';
import type { ExitCode } from '../../errors.ts';
import { changeApproved, changeAsPlanned, UNCHANGED } from '../applying/changing.ts';
import { check, type Evidence } from '../checking/checking.ts';
import { definitionSnippet } from '../../output/definition-snippet.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { wayBackCommand } from '../../output/way-back-command.ts';
import { handOver } from '../applying/handing-over.ts';
import { requireSavable } from '../applying/saving.ts';
import { startCaches } from '../applying/starting.ts';
import { readAgain, type Project } from '../opening/project.ts';
import type { Command, Session } from '../session.ts';
import { agree } from '../applying/agreeing.ts';

export const setup: Command = async (opening) => {
  await requireSavable(opening);
  const { project, plan, session } = await agree(opening);
  if (session.inputs.detach.value && (await startCaches(project, plan, session))) return 0;
  const evidence = isConverged(plan) ? UNCHANGED : await changeApproved(project, plan, session);
  return prove(project, evidence, session);
};

/** From a plan that nothing stands in the way of to the proof. */
export async function carryOut(project: Project, plan: Plan, session: Session): Promise<ExitCode> {
  return prove(project, await changeAsPlanned(project, plan, session), session);
}

async function prove(project: Project, evidence: Evidence, session: Session): Promise<ExitCode> {
  const consumers = await readAgain(project);
  session.record.next = [
    ...restarts(evidence),
    ...nextSteps(project, session),
    ...(await handOver(project, evidence, session)),
    ...forOtherTools(consumers),
    ...session.record.next,
  ];
  await check(project, consumers, evidence, session);
  return 0;
}

function restarts({ awaitingRestart = new Set() }: Evidence): string[] {
  return [...awaitingRestart].map(
    (name) => `restart ${name}, then verify   (it runs with what it was started with)`,
  );
}

function nextSteps({ settings, identity }: Project, session: Session): string[] {
  const named = namedAgain(settings, session);
  const { verify, refreshPath } = settings.proof;
  return [
    ...(session.command === 'setup' ? [] : [`elasticache-wizard status ${named}`]),
    verify && refreshPath === undefined
      ? `elasticache-wizard verify ${named} --refresh-path / --refresh-value body   (proves that refreshes agree)`
      : `elasticache-wizard verify ${named}`,
    ...(session.command === 'setup'
      ? [
          `${wayBackCommand('rollback', settings.project, identity.region, session.record.again)}   (the way back)`,
        ]
      : []),
  ];
}

/** What to write down where the service is deployed from, with the values as they are by now. */
function forOtherTools(consumers: readonly Consumer[]): string[] {
  return ecsAmong(consumers).flatMap(({ app, settings }) => {
    const [tool] = app.managers;
    if (!tool) return [];
    const variables = settings.variables.flatMap(({ name: { value: name }, container = app.container }) => {
      const variable = variableOf(app.taskDefinition.document, container, name);
      return variable ? [{ container, name, variable }] : [];
    });
    return [
      '',
      `${tool.name} manages ${settings.service}: without this in its definition, its next deploy takes the variables away;`,
      ...definitionSnippet(tool.name, variables),
    ];
  });
}

/** The flags that lead to the same project. */
function namedAgain({ consumers, caches }: Project['settings'], { inputs }: Session): string {
  if (inputs.config) return `--config ${shellWord(inputs.config.value)}`;
  const [consumer] = consumers;
  if (consumer?.kind === 'ecs') return `--ecs-cluster ${consumer.ecsCluster} --service ${consumer.service}`;
  if (!consumer) return '';
  const { parameterPath, envFile, logFile, project } = inputs;
  return [
    selectionFlags(consumer.instances),
    `--cache-name ${caches[0]?.name ?? ''}`,
    ...(project ? [`--project ${shellWord(project.value)}`] : []),
    ...(parameterPath ? [`--parameter-path ${shellWord(parameterPath.value)}`] : []),
    ...(envFile?.value ?? []).map((file) => `--env-file ${shellWord(file)}`),
    ...(logFile ? [`--log-file ${shellWord(logFile.value)}`] : []),
  ].join(' ');
}

function selectionFlags(selection: InstanceSelection): string {
  if ('autoScalingGroup' in selection) return `--auto-scaling-group ${shellWord(selection.autoScalingGroup)}`;
  if ('securityGroup' in selection) return `--instance-security-group ${shellWord(selection.securityGroup)}`;
  return `--instance ${shellWord(selection.instances.join(','))}`;
}
