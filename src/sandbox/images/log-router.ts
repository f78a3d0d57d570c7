/** The sidecar of the `collabcanvas` scenario: it is the first container of the task, and nothing of it matters. */
process.stdout.write('log-router started\n');
const idle = setInterval(() => undefined, 3_600_000);
process.on('SIGTERM', () => clearInterval(idle));
