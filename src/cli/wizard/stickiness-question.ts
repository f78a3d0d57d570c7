/** Sticky sessions: what they are for, and what they are not. */
import { isStickinessOn, stickinessObstacle } from '../../domain/stickiness.ts';
import { withAnswers } from '../../inputs/resolve.ts';
import type { Question } from './question.ts';

/** Who hopes that it mends the symptom is to be told here. */
const PURPOSE = 'it shares no state: it keeps a visitor’s WebSocket or upload on the task that has it';

export const stickiness: Question = {
  name: 'stickiness',
  answers: ['stickiness'],
  /** Stickiness that is on, of any kind, is left as it is; where none can be, there is no choice. */
  async isOpen(inputs, reads, asker) {
    const { app } = await reads.app(inputs, asker);
    return app.targetGroups.some(
      (group) => isStickinessOn(group.attributes) === false && stickinessObstacle(group) === undefined,
    );
  },
  async ask(inputs, asker) {
    return withAnswers(inputs, {
      stickiness: await asker.decide('stickiness', inputs.stickiness.value, PURPOSE),
    });
  },
};
