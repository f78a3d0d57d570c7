/** templates/config.schema.json is what the catalogue says; `npm run schema` writes it anew. */
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/inputs/config-schema.ts';

test('the schema that editors read is that of the catalogue', async () => {
  const written = await format(JSON.stringify(configSchema()), { parser: 'json', printWidth: 110 });
  await expect(written).toMatchFileSnapshot('../../templates/config.schema.json');
});
