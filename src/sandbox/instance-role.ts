/** What a program on an instance may call in the account: with the role of its instance profile, as its credentials from the metadata service would. */
import type { Iam } from './iam/iam.ts';
import type { RoleCall } from './machines/aws-command.ts';
import type { Instance } from './network/vpc.ts';
import { roleDenial } from './role-denial.ts';
import type { SecretsManager } from './secretsmanager/secrets-manager.ts';
import { ServiceError } from './service.ts';
import type { Ssm } from './ssm/ssm.ts';

export interface InstanceRoleOptions {
  readonly accountId: string;
  readonly region: string;
  readonly iam: Iam;
  /** Asked when a call comes: they are made after the instances. */
  readonly ssm: () => Ssm;
  readonly secretsManager: () => SecretsManager;
}

export interface InstanceRoles {
  /** Undefined where there is no instance profile: a program there has no credentials. */
  roleCall(instance: Instance): RoleCall | undefined;
  mayReach(instance: Instance, action: string): boolean;
}

export function createInstanceRoles(options: InstanceRoleOptions): InstanceRoles {
  const { region, ssm, secretsManager } = options;
  const arnOf = (service: string, name: string): string =>
    service === 'ssm' ? ssm().arn(name) : (secretsManager().arnOf(name) ?? name);
  const operations = (service: string) => (service === 'ssm' ? ssm() : secretsManager()).operations;

  const denial = ({ instanceId }: Instance, roleArn: string, action: string, resource: string) =>
    roleDenial(options, { roleArn, session: instanceId, action, resource });

  return {
    mayReach(instance, action) {
      const roleArn = roleOf(instance);
      return roleArn !== undefined && denial(instance, roleArn, action, '*') === undefined;
    },
    roleCall(instance) {
      const roleArn = roleOf(instance);
      if (roleArn === undefined) return undefined;
      return async (service, action, input, name) => {
        const denied = denial(instance, roleArn, `${service}:${action}`, arnOf(service, name));
        if (denied !== undefined) throw new ServiceError('AccessDeniedException', denied);
        const accessKeyId = roleArn;
        const call = { service, action, region, accessKeyId, requestId: instance.instanceId };
        // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the table of operations is untyped; who asks says what it gives
        return await operations(service)[action]?.(input, call);
      };
    },
  };
}

/** It has the name of its profile, as the console makes the two; the sandbox's IAM has no instance profiles. */
function roleOf({ instanceProfileArn }: Instance): string | undefined {
  return instanceProfileArn?.replace(':instance-profile/', ':role/');
}
