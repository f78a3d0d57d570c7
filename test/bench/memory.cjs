/** Loaded before a program: writes down at its end how many bytes of memory it had at most. */
const { readFileSync, writeFileSync } = require('node:fs');

process.once('exit', () => writeFileSync(process.env.BENCH_MEMORY_FILE, String(mostKilobytes() * 1024)));

/** On Linux the usage of a process begins with that of the one that started it, before it was another program. */
function mostKilobytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
