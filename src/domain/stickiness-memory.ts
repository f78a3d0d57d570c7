/** Sticky sessions as a tag's value, 'off lb_cookie 86400': plain words, because it takes few other characters. */
const ENABLED = 'stickiness.enabled';
const TYPE = 'stickiness.type';
const SECONDS = 'stickiness.lb_cookie.duration_seconds';

type Attributes = Readonly<Record<string, string>>;

export function stickinessText(attributes: Attributes): string {
  const state = attributes[ENABLED] === 'true' ? 'on' : 'off';
  return `${state} ${attributes[TYPE] ?? 'lb_cookie'} ${attributes[SECONDS] ?? '86400'}`;
}

/** Undefined where the text is none of ours. */
export function stickinessOf(text: string): Attributes | undefined {
  const [, state, type, seconds] = /^(on|off) (lb_cookie|app_cookie) (\d+)$/.exec(text) ?? [];
  if (state === undefined || type === undefined || seconds === undefined) return undefined;
  return { [ENABLED]: String(state === 'on'), [TYPE]: type, [SECONDS]: seconds };
}
