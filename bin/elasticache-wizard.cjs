#!/usr/bin/env node
// Plain old JavaScript, so that a Node too old for the program still reads this and says so.
var found = process.versions.node.split('.').map(Number);

if (found[0] < 20 || (found[0] === 20 && found[1] < 19)) {
  console.error('elasticache-wizard needs Node.js 20.19 or newer, and this is ' + process.version + '.');
  console.error(
    '  Try: install a newer one (https://nodejs.org), or run it with npx -p node@22 -p elasticache-wizard.',
  );
  process.exitCode = 1;
} else {
  try {
    require('../dist/start.cjs');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !/dist.start\.cjs/.test(error.message)) throw error;
    console.error('elasticache-wizard is not built yet.');
    console.error('  Try: npm run build');
    process.exitCode = 1;
  }
}
