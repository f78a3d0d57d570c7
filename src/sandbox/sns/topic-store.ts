/** The topics of one account in one region, with who listens to each and what was published. */
import { invalidParameter, notFound } from './rejection.ts';

export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** An e-mail address or a web server must say yes first. */
  confirmed: boolean;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  subscriptions: Subscription[];
  /** How many there were that are none any more. */
  unsubscribed: number;
}

/** As `GET /_sandbox/messages` shows it. */
export interface Message {
  readonly at: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject?: string;
  readonly message: string;
  /** Who was subscribed and confirmed then. */
  readonly deliveredTo: readonly { readonly protocol: string; readonly endpoint: string }[];
}

export class TopicStore {
  readonly #region: string;
  readonly #accountId: string;
  readonly #byArn = new Map<string, Topic>();
  readonly messages: Message[] = [];

  constructor({ region, accountId }: { readonly region: string; readonly accountId: string }) {
    this.#region = region;
    this.#accountId = accountId;
  }

  arn(name: string): string {
    return `arn:aws:sns:${this.#region}:${this.#accountId}:${name}`;
  }

  all(): Topic[] {
    return [...this.#byArn.values()];
  }

  get(arn: string): Topic | undefined {
    return this.#byArn.get(arn);
  }

  /** Throws for what is no topic's ARN, and for an unknown one. */
  find(arn = ''): Topic {
    this.requireArn(arn);
    const topic = this.#byArn.get(arn);
    if (!topic) throw notFound('Topic');
    return topic;
  }

  requireArn(arn = ''): void {
    const parts = arn.split(':');
    if (parts.length < 6) {
      throw invalidParameter(`TopicArn Reason: An ARN must have at least 6 elements, not ${parts.length}`);
    }
    if (parts[2] !== 'sns' || parts[3] !== this.#region) throw invalidParameter('TopicArn');
  }

  add(topic: Topic): void {
    this.#byArn.set(topic.arn, topic);
  }

  delete(arn: string): void {
    this.#byArn.delete(arn);
  }
}
