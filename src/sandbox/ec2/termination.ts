/** The end of instances: TerminateInstances. A terminated one is shown for an hour (EC2 User Guide, "Terminate Amazon EC2 instances"). */
import type {
  InstanceStateChange,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { instanceState } from './instances.ts';
import { findNamed } from './lookup.ts';
import { detachInterface } from './network-interfaces.ts';
import type { Ec2State, InstanceRecord } from './state.ts';

const TO_SHUT_DOWN = 30_000;
const SHOWN_AFTERWARDS = 3_600_000;

export function terminationOperations(state: Ec2State, changed: () => void) {
  const terminate = (record: InstanceRecord): InstanceStateChange => {
    const PreviousState = instanceState(record);
    if (record.stateName === 'pending' || record.stateName === 'running') {
      record.stateName = 'shutting-down';
      for (const watcher of state.instanceWatchers) watcher.ending(record.instanceId);
      state.clock.after(TO_SHUT_DOWN, () => {
        record.stateName = 'terminated';
        detachInterface(state, record.networkInterface.networkInterfaceId);
        changed();
        state.clock.after(SHOWN_AFTERWARDS, () => {
          state.instances.delete(record.instanceId);
          state.tags.forget(record.instanceId);
        });
      });
    }
    return { InstanceId: record.instanceId, CurrentState: instanceState(record), PreviousState };
  };

  return {
    /** All or none: an unknown id terminates nothing. */
    TerminateInstances({ InstanceIds }: TerminateInstancesRequest): TerminateInstancesResult {
      const records = findNamed(state.instances, 'instance', InstanceIds) ?? [];
      return { TerminatingInstances: records.map(terminate) };
    },
  };
}
