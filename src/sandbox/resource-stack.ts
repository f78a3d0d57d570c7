/** What must be closed again, in reverse order, all of it even when one of them fails. */
export class ResourceStack {
  private readonly closers: (() => Promise<unknown>)[] = [];
  private closed: Promise<void> | undefined;

  /** Remembers how to close what was just opened. */
  defer(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  /** The second call waits for the first. */
  close(): Promise<void> {
    return (this.closed ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closers.reverse()) {
      await close().catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0)
      throw new AggregateError(failures, 'closing the sandbox: not everything could be closed');
  }
}
