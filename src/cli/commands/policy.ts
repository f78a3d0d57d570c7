/** `policy`: the least IAM policy for the commands named. Reads no account unless it is asked to. */
import { LARGEST_MANAGED_POLICY, policyDocument, type PolicyDocument } from '../../domain/iam/document.ts';
import { isOfInstances, rightsOf } from '../../domain/iam/rights.ts';
import { ANYWHERE, partitionOf, type Scope } from '../../domain/iam/scope.ts';
import { isGiven } from '../../domain/settings.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { checkRules } from '../../inputs/rules.ts';
import { selectionOf } from '../../inputs/settings.ts';
import { scopeOfApp } from '../../survey/permission-scope.ts';
import { nameOfInstances } from '../opening/instance-apps.ts';
import { openApp } from '../opening/project.ts';
import type { Command, Session } from '../session.ts';

export const policy: Command = async (session) => {
  const { inputs, output, record } = session;
  checkRules('policy', session);
  const commands = inputs.for.value;
  const scope = { ...(await readScope(session)), ...namedScope(inputs) };
  record.project = scope.project;
  const onInstances = selectionOf(inputs) !== undefined;
  const rights = rightsOf(commands).filter((right) => !onInstances || isOfInstances(right));
  const document = policyDocument(rights, scope);
  if (inputs.json.value) output.print({ type: 'policy', commands, document });
  else output.show(JSON.stringify(document, undefined, 2).split('\n'));
  output.say(remarks(document, inputs));
  return 0;
};

function remarks(document: PolicyDocument, inputs: Inputs): string[] {
  const size = JSON.stringify(document).length;
  const open = unnamed(inputs);
  return [
    ...(open.length > 0 ? [`It can be narrowed: ${open.join(', ')}.`] : []),
    ...(size > LARGEST_MANAGED_POLICY
      ? [`It has ${size} characters, and a managed policy takes ${LARGEST_MANAGED_POLICY}: make it inline.`]
      : []),
  ];
}

async function readScope(session: Session): Promise<Scope> {
  const { region, partition, fromAccount } = session.inputs;
  if (fromAccount.value) {
    const { app, identity } = await openApp(session);
    return { ...scopeOfApp(app, identity), project: app.service.serviceName };
  }
  return { ...ANYWHERE, partition: partition?.value ?? partitionOf(region?.value ?? '') };
}

/** The name of the service is the default of the project's. */
function namedScope(inputs: Inputs): Partial<Scope> {
  const { project, service } = inputs;
  const { region, account, ecsCluster, cacheName, kmsKeyId, auth, secrets } = inputs;
  const { adopt, parameterGroup, parameterPath, subnetGroup, subnetGroupName } = inputs;
  const subnets = subnetGroup ?? subnetGroupName;
  const setsParameters = inputs.maxmemoryPolicy !== undefined || isGiven(inputs.parameter);
  const secretStore = secrets.value === 'ssm' ? 'ssm' : 'secretsmanager';
  const projectName = project?.value ?? service?.value ?? nameOfInstances(inputs);
  return {
    ...(region ? { region: region.value } : {}),
    ...(account ? { account: account.value } : {}),
    ...(ecsCluster ? { ecsCluster: ecsCluster.value } : {}),
    ...(service ? { service: service.value } : {}),
    ...(cacheName ? { cacheName: cacheName.value } : {}),
    ...(projectName === undefined ? {} : { project: projectName }),
    ...(kmsKeyId ? { kmsKeyId: kmsKeyId.value } : {}),
    ...(subnets ? { subnetGroupName: subnets.value } : {}),
    ...(setsParameters
      ? { ownParameterGroup: true, cacheParameterGroupName: `${cacheName?.value ?? '*'}-parameters*` }
      : {}),
    ...(parameterGroup ? { cacheParameterGroupName: parameterGroup.value } : {}),
    clustered: inputs.clusterMode.value !== 'disabled',
    ...(selectionOf(inputs) ? { valuePath: parameterPath?.value ?? `/${projectName ?? '*'}/*` } : {}),
    adopts: adopt.value,
    serverless: inputs.serverless.value,
    users: auth.value === 'rbac',
    ...(auth.value === 'none' ? {} : { secretStores: [secretStore] }),
  };
}

function unnamed(inputs: Inputs): string[] {
  const { fromAccount, region, account, ecsCluster, service, cacheName } = inputs;
  const read = fromAccount.value;
  const onInstances = selectionOf(inputs) !== undefined;
  return [
    ...(region || read ? [] : ['--region']),
    ...(account || read ? [] : ['--account']),
    ...(ecsCluster || read || onInstances ? [] : ['--ecs-cluster']),
    ...(service || read || onInstances ? [] : ['--service']),
    ...(cacheName ? [] : ['--cache-name']),
    ...(read || onInstances ? [] : ['--from-account, which names the roles that may be passed']),
  ];
}
