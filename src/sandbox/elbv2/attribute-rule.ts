/** What an attribute starts with and which values it takes. All values are strings on the wire. */
export interface AttributeRule {
  readonly initial: string;
  readonly accepts: (value: string) => boolean;
}

export const anyText = (): boolean => true;

export const oneOf =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value);

export const boolean = oneOf('true', 'false');

export const integer =
  (least: number, most: number) =>
  (value: string): boolean =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;

export const numberOrOff =
  (least: number, most: number) =>
  (value: string): boolean =>
    value === 'off' || integer(least, most)(value);
