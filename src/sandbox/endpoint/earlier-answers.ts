/**
 * What each question was answered before. AWS is eventually consistent: a read may be of the time before the last write
 * (EC2 developer guide, "Eventual consistency"; ECS API reference, "eventual consistency model").
 */
import type { WireAnswer, WireRequest } from '../wire/wire.ts';
import type { LoggedCall } from './call-log.ts';
import type { Fault } from './faults.ts';

export class EarlierAnswers {
  private readonly answers = new WeakMap<Fault, Map<string, WireAnswer>>();

  /** Keeps the answer for the next time, and gives that of the last; the first time there is no other. */
  swap(
    fault: Fault,
    {
      accessKeyId,
      region,
      service,
      action,
    }: Pick<LoggedCall, 'accessKeyId' | 'region' | 'service' | 'action'>,
    { body }: WireRequest,
    answer: WireAnswer,
  ): WireAnswer {
    const answers = this.answers.get(fault) ?? new Map<string, WireAnswer>();
    this.answers.set(fault, answers);
    const question = [accessKeyId, region, service, action, body].join(' ');
    const last = answers.get(question) ?? answer;
    answers.set(question, answer);
    return last;
  }
}
