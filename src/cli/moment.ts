/**
 * What is read of the account at one moment is read once. With a write, a pause, a page that is visited or a question to
 * the user the moment is over, and all is read afresh: whoever polls, or looks again on purpose, sees what is there by then.
 */
import type { Aws, Gateways } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import { askedOnce, type Answers } from './asked-once.ts';

export class Moment {
  private readonly answers: Answers = new Map();

  end(): void {
    this.answers.clear();
  }

  /** The account as it is at each moment. */
  of(aws: Aws): Aws {
    const once = <Gateway extends object>(gateway: Gateway): Gateway =>
      askedOnce(gateway, this.answers, () => this.end());
    return aws.through(({ secrets, ...gateways }) => ({
      // Each under its own name.
      ...(Object.fromEntries(
        Object.entries(gateways).map(([name, gateway]) => [name, once(gateway)]),
      ) as Omit<Gateways, 'secrets'>),
      secrets: { secretsmanager: once(secrets.secretsmanager), ssm: once(secrets.ssm) },
    }));
  }

  /** Whatever takes its time by this clock ends the moment, and what comes after it is in another. */
  by(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleep: (ms, signal) => this.during(clock.sleep(ms, signal)),
      after: (ms, run) =>
        clock.after(ms, () => {
          this.end();
          return run();
        }),
      busy: (work) => this.during(clock.busy(work)),
    };
  }

  private async during<T>(lasting: Promise<T>): Promise<T> {
    this.end();
    try {
      return await lasting;
    } finally {
      this.end();
    }
  }
}
