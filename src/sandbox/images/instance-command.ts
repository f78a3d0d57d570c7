/** `aws` and `systemctl` on an instance: passes its arguments to the sandbox, shows what comes back, and ends with its exit code. */
import { request } from 'node:http';
import { json } from 'node:stream/consumers';

interface Output {
  exitCode: number;
  stdout?: string;
  stderr?: string;
}

const asked = request(process.env['ELASTICACHE_WIZARD_INSTANCE'] ?? '', { method: 'POST' }, (response) => {
  void json(response).then((body) => {
    const { exitCode, stdout = '', stderr = '' } = body as Output;
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  });
});
asked.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 255;
});
asked.end(JSON.stringify(process.argv.slice(2)));
