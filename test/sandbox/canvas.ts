/** CollabCanvas as its users see it: a count at each refresh, from whichever task answers. */
export class Canvas {
  private readonly objectsUrl: string;

  constructor(appUrl: string) {
    this.objectsUrl = `${appUrl}/api/projects/demo/objects`;
  }

  async counts(refreshes: number): Promise<number[]> {
    const seen: number[] = [];
    for (let turn = 0; turn < refreshes; turn += 1) {
      const { count } = (await (await this.refresh()).json()) as { count: number };
      seen.push(count);
    }
    return seen;
  }

  /** Who answered. */
  async tasks(refreshes: number, cookie?: string): Promise<Set<string>> {
    const seen = new Set<string>();
    for (let turn = 0; turn < refreshes; turn += 1) {
      const response = await this.refresh(cookie);
      await response.arrayBuffer();
      seen.add(response.headers.get('x-task-id') ?? '');
    }
    return seen;
  }

  /** What a browser would send back after one refresh. */
  async cookie(): Promise<string> {
    const response = await this.refresh();
    await response.arrayBuffer();
    return response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }

  async draw(): Promise<void> {
    const response = await fetch(this.objectsUrl, {
      method: 'POST',
      body: JSON.stringify({ type: 'circle' }),
    });
    await response.arrayBuffer();
  }

  private refresh(cookie?: string): Promise<Response> {
    return fetch(`${this.objectsUrl}/count`, {
      headers: { connection: 'close', ...(cookie === undefined ? {} : { cookie }) },
    });
  }
}
