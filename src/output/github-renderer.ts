/** Lines for the log of GitHub Actions: warnings are annotations, and the steps stand in a group that can be folded. */
import type { Renderer, WizardEvent } from '../engine/events.ts';
import { annotation, GROUP_END, groupBegin, inert } from './github-commands.ts';
import { linesRenderer, type RendererOptions } from './lines-renderer.ts';

type PlanReady = Extract<WizardEvent, { type: 'plan.ready' }>;

export interface GithubRenderer extends Renderer {
  /** The last one that was shown. */
  readonly plan: () => PlanReady | undefined;
}

export function githubRenderer(options: RendererOptions): GithubRenderer {
  const { write, writeResult } = options;
  const lines = linesRenderer({
    ...options,
    write: (said) => write(said.map(inert)),
    writeResult: (said) => writeResult(said.map(inert)),
  });
  let plan: PlanReady | undefined;
  let inGroup = false;

  function closeGroup(): void {
    if (inGroup) write([GROUP_END]);
    inGroup = false;
  }

  return {
    plan: () => plan,
    render(event) {
      if (event.type === 'plan.ready') plan = event;
      if (event.type === 'check.started') closeGroup();
      if (event.type === 'step.started' && !inGroup) {
        write([groupBegin('Step by step')]);
        inGroup = true;
      }
      if (event.type === 'warning') write([annotation('warning', 'elasticache-wizard', [event.message])]);
      else lines.render(event);
    },
    suspend: () => undefined,
    resume: () => undefined,
    close() {
      lines.close();
      closeGroup();
    },
  };
}
