import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { watchInterrupts } from '../../src/cli/interrupt.ts';

describe('Ctrl-C', () => {
  let signals: EventEmitter;
  let time: number;
  let ended: number[];
  let signal: AbortSignal;

  beforeEach(() => {
    signals = new EventEmitter();
    time = 0;
    ended = [];
    signal = watchInterrupts(
      signals,
      () => time,
      (exitCode) => ended.push(exitCode),
    );
  });

  test('the first stops clean, and says how to go on', () => {
    signals.emit('SIGINT');
    expect(signal.reason).toMatchObject({ code: 'Interrupted', exitCode: 130 });
    expect((signal.reason as { hint: string }).hint).toContain('Run the same command again');
    expect(ended).toEqual([]);
  });

  test('the second ends at once', () => {
    signals.emit('SIGINT');
    time = 2_000;
    signals.emit('SIGINT');
    expect(ended).toEqual([130]);
  });

  test('one that arrives twice in the same moment counts once', () => {
    signals.emit('SIGINT');
    time = 5;
    signals.emit('SIGINT');
    expect(ended).toEqual([]);
  });

  test('is for the program that has the terminal, where one has it', () => {
    let hasTerminal = true;
    const passing = new EventEmitter();
    const own = watchInterrupts(
      passing,
      () => time,
      (exitCode) => ended.push(exitCode),
      () => hasTerminal,
    );
    passing.emit('SIGINT');
    expect(own.aborted).toBe(false);
    hasTerminal = false;
    passing.emit('SIGINT');
    expect(own.reason).toMatchObject({ code: 'Interrupted' });
    expect(ended).toEqual([]);
  });

  test('a termination is told as one', () => {
    signals.emit('SIGTERM');
    expect(signal.reason).toMatchObject({ code: 'Terminated', exitCode: 143 });
  });
});
